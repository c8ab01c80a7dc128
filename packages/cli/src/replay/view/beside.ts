import type { Paint } from "../../output/paint.ts";

/** Lines that are `width` cells wide, with others beside them behind a rule. */
export function beside(
  left: readonly string[],
  right: readonly string[],
  width: number,
  paint: Paint,
): readonly string[] {
  const length = Math.max(left.length, right.length);
  const rule = paint.dim("│");
  return Array.from({ length }, (_, i) => {
    const text = left[i];
    const space = text === undefined ? " ".repeat(width) : text;
    return `${space} ${rule} ${right[i] ?? ""}`;
  });
}
