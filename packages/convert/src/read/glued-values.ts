import { parseJson } from "./parse-json.ts";

/** What was found on a line that is no JSON by itself. */
export interface GluedValues {
  readonly values: readonly unknown[];
  /** Characters of it that belong to none of them. */
  readonly lost: number;
}

// More than one glued line is rare, and each try reads the rest of the line.
const MAX_TRIES = 8;

/**
 * Finds whole objects on a line that was glued together of several, or of a torn one and a whole one, as
 * writers without a lock leave it.
 *
 * The lines of a log begin alike. Where the head comes again, with its quotes as they are, it does not
 * stand in a string, where they would be escaped.
 */
export function gluedValues(text: string): GluedValues {
  const [head] = /^\s*\{"[^"\\]{1,40}"/.exec(text) ?? [];
  if (head === undefined) return { values: [], lost: text.length };
  const values: unknown[] = [];
  let lost = 0;
  let from = 0;
  for (let tries = 0; tries < MAX_TRIES && from < text.length; tries++) {
    const next = text.indexOf(head.trim(), from + 1);
    const end = next < 0 || tries === MAX_TRIES - 1 ? text.length : next;
    const value = parseJson(text.slice(from, end));
    if (value === undefined) lost += end - from;
    else values.push(value);
    from = end;
  }
  return { values, lost };
}
