import { count } from "../../output/figures.ts";

/** A page between its first and its last line. */
export interface Body {
  /** Right of the breadcrumbs: how the run stands. */
  readonly about: string;
  /** As many as there are rows, but for two. */
  readonly lines: readonly string[];
  /** What keys do here, the ones that matter most first. */
  readonly keys: readonly KeyHint[];
  /** Where one is: `3 of 120`. */
  readonly position: string;
}

export type KeyHint = readonly [key: string, does: string];

/** `12 of 3,400` */
export function positionOf(cursor: number, length: number): string {
  return length === 0 ? "" : `${count(cursor + 1)} of ${count(length)}`;
}
