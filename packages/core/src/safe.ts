// Controls, formats, half surrogates, line and paragraph separators. No literal: the engine would read the
// tables for these classes when this file is imported, which takes a third of a millisecond.
const HIDDEN = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`;
let hidden: RegExp | undefined;

/**
 * Makes visible what a terminal would obey or hide, as `\u{1b}`: controls (colours, titles, links),
 * line ends, characters without a width or that turn the direction. Whatever stands in a log was
 * written by strangers.
 */
export function safe(text: string): string {
  hidden ??= new RegExp(`[${HIDDEN}]`, "gu");
  return text.replace(hidden, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
