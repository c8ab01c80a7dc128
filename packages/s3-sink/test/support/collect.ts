import type { BadLine, StepRecord } from "@step-log/core";

/** Everything that an iteration gives. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

/** The steps of what was read; `"bad"` for a bad line. */
export function stepsOf(items: readonly (StepRecord | BadLine)[]): (number | "bad")[] {
  return items.map((item) => (item.type === "bad_line" ? "bad" : item.step));
}

/** Whole numbers from `from` up to `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
