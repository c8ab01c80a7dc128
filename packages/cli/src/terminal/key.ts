/** A key that was pressed, as `node:readline` names it. */
export interface Key {
  /** `up`, `pagedown`, `return`, `a`; `undefined` for characters that have no name. */
  readonly name?: string | undefined;
  /** What it types: `/`, `N`; also a whole text that was pasted. */
  readonly text?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

/** Whether a key opens what is selected. */
export function isEnter({ name }: Key): boolean {
  return name === "return" || name === "enter" || name === "right";
}

/** Where a key moves a cursor in a list, `undefined` for a key that moves none. */
export function moveBy(
  { name, text, ctrl }: Key,
  height: number,
  length: number,
  cursor: number,
): number | undefined {
  const to = (place: number) => Math.max(0, Math.min(length - 1, place));
  const isHalf = ctrl && (name === "d" || name === "u");
  if (isHalf) return to(cursor + (name === "d" ? 1 : -1) * Math.ceil(height / 2));
  if (name === "up" || text === "k" || (ctrl && name === "p")) return to(cursor - 1);
  if (name === "down" || text === "j" || (ctrl && name === "n")) return to(cursor + 1);
  if (name === "pageup" || text === "b" || (ctrl && name === "b")) return to(cursor - height);
  if (name === "pagedown" || text === " " || (ctrl && name === "f")) return to(cursor + height);
  if (name === "home" || text === "g") return to(0);
  if (name === "end" || text === "G") return to(length - 1);
  return undefined;
}
