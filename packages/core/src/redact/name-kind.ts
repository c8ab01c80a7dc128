/** 0: no secret, 1: whatever the value, 2: if the value looks like one. */
export type NameKind = 0 | 1 | 2;

const SEP = "[-_. ]?";
// Where a space stands, a separator may.
const KEYS =
  "api|secret|private|access|encryption|signing|ssh|account|master|subscription|service role";
const TOKENS = "access|refresh|id|auth|bearer|session|security|api|bot";
const OTHERS =
  "secret|pass word|pass wd|pass phrase|pass code|pwd|authorization|cookie|connection string|credential";

/** Names that say so, by their end: `OPENAI_API_KEY`, `dbPassword`, `x-goog-api-key`. Lower case. */
export const STRONG_NAMES: string = /* @__PURE__ */ strongNames();

function strongNames(): string {
  return `(?:(?:${KEYS}) key|(?:${TOKENS}) token|${OTHERS})s?`.replaceAll(" ", SEP);
}

/** Names that may say so. Not `session_id`: in the logs of agents it is what records are joined by. */
export const WEAK_NAMES = "token|auth|sig|jwt";

/** The last words of all these names. */
export const LAST_WORDS =
  "(?:key|token|secret|word|wd|phrase|code|authorization|cookie|string|credential)s?|auth|sig|jwt";

// Made when a name is met that may be one; an engine takes half a millisecond for them, and for the
// names that nearly all programs use they are not needed.
let strong: RegExp | undefined;
let weak: RegExp | undefined;
let endings: readonly string[] | undefined;

// The working directory, in every dump of an environment.
const WORKING_DIRECTORY = /^(?:OLD)?PWD$/;
// 16 letters and digits in a row are 80 bits and more: no words, no date, no UUID. Nor a path.
const LOOKS_SECRET = /^(?![./~])(?=[\w.~%+/=-]+$)(?=\D*\d)(?=[^a-z]*[a-z]).*?[a-z\d]{16}/i;

/** What the name of a value says of it. Names longer than 64 characters are judged by their end. */
export function nameKind(name: string): NameKind {
  const end = name.slice(-64);
  if (!mayBeSecret(end)) return 0;
  strong ??= new RegExp(`${STRONG_NAMES}$`, "i");
  if (strong.test(end)) return WORKING_DIRECTORY.test(end) ? 0 : 1;
  weak ??= anyWeak();
  return weak.test(end) ? 2 : 0;
}

/** Whether a name ends as one of those does, whatever its separators. */
function mayBeSecret(name: string): boolean {
  endings ??= allEndings();
  const bare = name.toLowerCase().replace(/[-_. ]/g, "");
  return endings.some((ending) => bare.endsWith(ending));
}

function allEndings(): string[] {
  const keys = KEYS.split("|").map((name) => `${name}key`);
  const tokens = TOKENS.split("|").map((name) => `${name}token`);
  const names = [...keys, ...tokens, ...OTHERS.split("|")].map((name) => name.replace(" ", ""));
  return [...names, ...names.map((name) => `${name}s`), ...WEAK_NAMES.split("|")];
}

/** A token of any name, but not one that pages through a list; the others by their whole name. */
function anyWeak(): RegExp {
  const paging = `(?:page|next|sync|cursor|starting|continuation)${SEP}`;
  return new RegExp(`(?<!${paging})token$|^(?:${WEAK_NAMES})$`, "i");
}

/** Tells a random token from words, numbers, paths and UUIDs. */
export function looksSecret(value: string): boolean {
  return LOOKS_SECRET.test(value);
}
