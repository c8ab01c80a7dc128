import { REDACTED } from "./marker.ts";
import { LAST_WORDS, looksSecret, type NameKind, STRONG_NAMES, WEAK_NAMES } from "./name-kind.ts";
import { sweep } from "./sweep.ts";

const QUOTE = "[\"'`]";
const BARE = "[^\\s\"'`\\\\,;&|<>(){}[\\]]";
const BACKSLASHES = "\\\\{0,7}"; // 7: JSON in JSON in JSON
const AHEAD = ">?[ \\t]{0,4}";
// All the cookies of a header, to the end of the line or of the string that it stands in.
const COOKIES = /[^\r\n"'`\\]*/y;
// `$API_KEY`, `%API_KEY%`, `your-key-here`, `sk-...`, a path, a file, a URL, a type.
const NO_SECRET =
  /^(?:[$%][a-z_]|your|https?:|[.~]{0,2}\/[a-z.]+\/)|\.{3}|\.(?:json|pem|key)$|\dArray$/i;
// `settings.oauth2.client`; for short values, since the engine remembers every dot.
const MEMBER = /^(?!(?:\D*\d){3})[a-z_]\w*(?:\.[a-z_]\w*)+$/i;

/**
 * Every name of a secret with a `=` or `:` behind it and something that can be its value: in the
 * dump of an environment, in JSON inside a string, a query string, a header, in code.
 *
 * Groups: the quote behind the name, the name, the quote again; then the quote that opens the value,
 * or a scheme and a bare value.
 *
 * @param names Further names, as patterns in lower case.
 */
export function assignment(names: readonly string[] = []): RegExp {
  const known = [STRONG_NAMES, WEAK_NAMES, "signature"];
  // What the names end with, looked at first: it spares nearly all colons the list.
  const ends = names.length > 0 ? "\\S" : "[deghlnstyDEGHLNSTY]";
  const behind = `${BACKSLASHES}(${QUOTE}?) {0,4}:?.)`;
  // A quoted value that is short or has a space in it only where the name is quoted, too.
  const quoted =
    `(${BACKSLASHES}${QUOTE})(?:(?=[^\\s"'\`]{8})` +
    `|(?<=${QUOTE} {0,4}[:=]${AHEAD}${BACKSLASHES}.))`;
  return new RegExp(
    `[:=](?![:=])(?<=${ends}${behind}` +
      `(?<=([\\w.-]{0,40}(?:${anyCase([...known, ...names].join("|"))}))${behind}${AHEAD}` +
      `(?:${quoted}|((?:[Bb]earer|[Bb]asic|[Tt]oken) +)?(${BARE}{8}${BARE}*))`,
    "g",
  );
}

/**
 * What every assignment to a known name has and hardly another text, as a pattern: the last word of
 * such a name, and what may begin a value.
 */
export function assignmentHint(): string {
  return (
    `[:=](?![:=])(?<=(?:${anyCase(`${LAST_WORDS}|signature`)})${BACKSLASHES}${QUOTE}? {0,4}:?.)` +
    `${AHEAD}(?:${BACKSLASHES}${QUOTE}|(?:\\w{5,6} +)?${BARE}{8})`
  );
}

/** Without the flag `i`, so that it can be one pattern with what has to be case-sensitive. */
function anyCase(names: string): string {
  let classes = "";
  for (const char of names) {
    classes += char >= "a" && char <= "z" ? `[${char}${char.toUpperCase()}]` : char;
  }
  return classes;
}

/** The text with the values of secret names replaced; the same string when there are none. */
export function redactAssignments(
  text: string,
  pattern: RegExp,
  kindOf: (name: string) => NameKind,
): string {
  // Of a text that is one name again and again, its kind is found out once.
  let last = "";
  let lastKind: NameKind = 0;
  return sweep(text, pattern, (match) => {
    const name = match[2] ?? "";
    const open = match[4];
    const bare = match[6] ?? "";
    const from = pattern.lastIndex - bare.length;
    let to = open === undefined ? pattern.lastIndex : closing(text, open, from);
    const value = text.slice(from, to);
    // A quoted name with a quoted value is data, and treated as a key of an object is. Elsewhere it
    // may be prose or code: `password: required`, `token = readToken(path)`.
    const data = match[1] !== "" && open !== undefined;
    if (!data && (value.length < 8 || /\s/.test(value))) return undefined;
    if (name !== last) lastKind = kindOf(name);
    last = name;
    const kind = lastKind || (/signature$/i.test(name) && text[match.index] === "=" ? 2 : 0);
    const cookies = kind === 1 && /cookies?$/i.test(name) && bare.includes("=");
    if (cookies) {
      COOKIES.lastIndex = from;
      COOKIES.test(text);
      to = COOKIES.lastIndex;
    }
    const code =
      open === undefined && (text[to] === "(" || (to - from < 256 && MEMBER.test(value)));
    const secret =
      kind === 1
        ? data
          ? value !== ""
          : cookies ||
            (!code &&
              !NO_SECRET.test(value) &&
              ((/\d/.test(value) && /[a-z]/i.test(value)) ||
                (match[5] !== undefined && /.[A-Z]/.test(value)) ||
                /^[A-Z\d_]+=$/.test(text.slice(match.index - name.length, match.index + 1))))
        : kind === 2 && !code && looksSecret(value);
    return secret && !REDACTED.test(value) ? [from, to, "named"] : undefined;
  });
}

/**
 * Where a quoted value ends: at its quote, at the latest with the line.
 *
 * With `depth` backslashes before the opening quote, a backslash of the value is written as
 * `2 * depth + 2` of them, and fewer than `depth` before a quote end the string around it.
 */
function closing(text: string, open: string, from: number): number {
  const depth = open.length - 1;
  const quote = open.charCodeAt(depth);
  let end = from;
  for (; end < text.length; end++) {
    const char = text.charCodeAt(end);
    if (char === 10) break; // a line feed
    if (char !== quote) continue;
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === 92) escapes++; // backslashes
    if (escapes < depth || escapes % (2 * depth + 2) === depth)
      return end - Math.min(escapes, depth);
  }
  return end;
}
