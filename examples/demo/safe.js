/**
 * Makes visible what a terminal would obey: controls (colours, titles, links), line ends, and
 * characters that hide or turn the direction of text. Tool output was written by strangers.
 *
 * @param {string} text
 */
export function safe(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = /** @type {number} */ (character.codePointAt(0));
    return `\\u{${code.toString(16)}}`;
  });
}
