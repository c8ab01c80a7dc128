/** 0: no secret, 1: whatever the value, 2: if the value looks like one. */
export type NameKind = 0 | 1 | 2;

const SEP = "[-_. ]?";

/** Names that say so, by their end: `OPENAI_API_KEY`, `dbPassword`, `x-goog-api-key`. Lower case. */
export const STRONG_NAMES: string = /* @__PURE__ */ strongNames();

function strongNames(): string {
  return (
    `(?:(?:api|secret|private|access|encryption|signing|ssh|account|master|subscription|service${SEP}role)${SEP}key` +
    `|(?:access|refresh|id|auth|bearer|session|security|api|bot)${SEP}token` +
    `|secret|pass${SEP}w(?:or)?d|pass${SEP}(?:phrase|code)|pwd|authorization|cookie|connection${SEP}string|credential)s?`
  );
}

/** Names that may say so. Not `session_id`: in the logs of agents it is what records are joined by. */
export const WEAK_NAMES: string = "token|auth|sig|jwt";

const STRONG: RegExp = /* @__PURE__ */ strong();
const WEAK: RegExp = /* @__PURE__ */ weak();

function strong(): RegExp {
  return new RegExp(`${STRONG_NAMES}$`, "i");
}

/** A token of any name, but not one that pages through a list; the others by their whole name. */
function weak(): RegExp {
  const paging = `(?:page|next|sync|cursor|starting|continuation)${SEP}`;
  return new RegExp(`(?<!${paging})token$|^(?:${WEAK_NAMES})$`, "i");
}

// The working directory, in every dump of an environment.
const WORKING_DIRECTORY = /^(?:OLD)?PWD$/;
// 16 letters and digits in a row are 80 bits and more: no words, no date, no UUID. Nor a path.
const LOOKS_SECRET = /^(?![./~])(?=[\w.~%+/=-]+$)(?=\D*\d)(?=[^a-z]*[a-z]).*?[a-z\d]{16}/i;

/** What the name of a value says of it. Names longer than 64 characters are judged by their end. */
export function nameKind(name: string): NameKind {
  const end = name.slice(-64);
  if (STRONG.test(end)) return WORKING_DIRECTORY.test(end) ? 0 : 1;
  return WEAK.test(end) ? 2 : 0;
}

/** Tells a random token from words, numbers, paths and UUIDs. */
export function looksSecret(value: string): boolean {
  return LOOKS_SECRET.test(value);
}
