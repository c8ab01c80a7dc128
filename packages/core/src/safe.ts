/**
 * Makes visible what a terminal would obey or hide, as `\u{1b}`: controls (colours, titles, links),
 * line ends, characters without a width or that turn the direction. Whatever stands in a log was
 * written by strangers.
 */
export function safe(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
