/**
 * Makes visible what would hide or turn text: controls but for line ends and tabs, characters without
 * a width or that change the direction, as `\u{202e}`. The log of a tool was written by strangers.
 */
export function visible(text: string): string {
  return text.replace(
    /[^\P{C}\n\t]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
