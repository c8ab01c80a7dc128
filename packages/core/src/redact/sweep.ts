import { marker } from "./marker.ts";

/** What of a text is secret, as offsets in UTF-16 units, and of what kind. */
export type Secret = readonly [from: number, to: number, kind: string];

/**
 * The text with the secrets replaced that `find` sees in the matches of a pattern with the flag
 * `g`; the same string when it sees none.
 *
 * The search goes on behind the secret; where there was none, at `pattern.lastIndex`.
 */
export function sweep(
  text: string,
  pattern: RegExp,
  find: (match: RegExpExecArray) => Secret | undefined,
): string {
  let out = "";
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const secret = find(match);
    if (secret === undefined) continue;
    out += text.slice(done, secret[0]) + marker(secret[2]);
    done = pattern.lastIndex = secret[1];
  }
  return done === 0 ? text : out + text.slice(done);
}
