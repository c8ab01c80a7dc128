import { JOINING, marksIn, TELLING } from "../text-marks.ts";
import { assignment, assignmentHint, redactAssignments } from "./assignments.ts";
import { credentialHint, redactCredentials } from "./credentials.ts";
import { customPattern } from "./custom-pattern.ts";
import { marker, REDACTED } from "./marker.ts";
import { looksSecret, type NameKind, nameKind } from "./name-kind.ts";

/** What to redact beside the credentials that are known by their names and looks. */
export interface RedactOptions {
  /**
   * Further keys whose values are secret: a string is compared without case and `-`, `_`, `.` and
   * spaces (`"customer_ssn"` is `customerSsn` too), a RegExp is tested on the key as it is.
   */
  readonly names?: readonly (string | RegExp)[];
  /**
   * Further secrets by their looks. Each is run on every text, so bound its repetitions; one that
   * throws, or is slow again and again, is given up. Texts over 64 KiB are searched in windows that
   * overlap by 4 KiB, so `^`, `$` and look-behind may see the edge of a window there.
   */
  readonly patterns?: readonly RegExp[];
}

/** Replaces secrets in texts by `[REDACTED:<kind>]`. */
export interface Redactor {
  /**
   * What a key says of its value: 0 nothing, 1 it is secret, 2 it is if it looks like it, 3 the
   * key itself holds a secret and is to be replaced by `text(key)`.
   */
  keyKind(key: string): 0 | 1 | 2 | 3;
  /** Whether a text of this length with these `marksOf` can hold anything for `text` to replace. */
  mayHold(length: number, marks: number): boolean;
  /** The text with what is secret in it replaced; the same string when nothing is. */
  text(text: string): string;
  /** The value of a key of kind 1 or 2, replaced or as it was; what `text` replaced stays. */
  named(kind: 1 | 2, value: string): string;
}

// `pwd=` and 8 characters, or `ws://:pass@h`, are the shortest that could hold a secret.
const MIN_LENGTH = 12;
// `tvly-` and 20 characters are the shortest token that has nothing but a `-` or `_` to tell it by.
const MIN_JOINED = 25;
// Agents use some hundreds of keys. Longer ones are data, and could be any number.
const MAX_CACHED_KEYS = 2048;
const MAX_CACHED_KEY = 64;
const MAX_TESTED_NAME = 256;

const NAMED: string = /* @__PURE__ */ marker("named");
let standard: Redactor | undefined;

/**
 * Makes a redactor. It is a pure function of the text, for as long as no pattern was given up.
 *
 * @param onGiveUp Hears which of the user's patterns is no longer used, and why.
 */
export function redactor(
  options: RedactOptions = {},
  onGiveUp: (pattern: RegExp, cause: unknown) => void = () => {},
): Redactor {
  const { names = [], patterns = [] } = options;
  if (names.length + patterns.length > 0) return create(names, patterns, onGiveUp);
  standard ??= create(names, patterns, onGiveUp);
  return standard;
}

function create(
  names: readonly (string | RegExp)[],
  patterns: readonly RegExp[],
  onGiveUp: (pattern: RegExp, cause: unknown) => void,
): Redactor {
  const exact = names.filter((name) => typeof name === "string").map(plain);
  const others = exact.map(spread);
  const tests = names
    .filter((name) => typeof name !== "string")
    .map((name) => new RegExp(name, name.flags.replace(/[gy]/g, "")));
  const custom = patterns.map((pattern) =>
    customPattern(pattern, (cause) => {
      try {
        onGiveUp(pattern, cause);
      } catch {
        // Whoever listens must not break what is recorded.
      }
    }),
  );
  // Each is made when a text needs it: an engine takes half a millisecond for the first, which most
  // programs never get beyond, and some 3 for what follows.
  let anything: RegExp | undefined;
  let credential: RegExp | undefined;
  let assigned: RegExp | undefined;
  const kinds = new Map<string, 0 | 1 | 2 | 3>();

  function kindOf(name: string): NameKind {
    const users =
      name.length <= MAX_TESTED_NAME &&
      ((exact.length > 0 && exact.includes(plain(name))) || tests.some((test) => test.test(name)));
    return users ? 1 : nameKind(name);
  }

  function mayBeSecret(value: string): boolean {
    anything ??= new RegExp(
      `${credentialHint()}|${others.length > 0 ? assignment(others).source : assignmentHint()}`,
    );
    return anything.test(value);
  }

  function text(value: string): string {
    let safe = value;
    if (value.length >= MIN_LENGTH && mayBeSecret(value)) {
      credential ??= new RegExp(credentialHint());
      assigned ??= assignment(others);
      if (credential.test(value)) safe = redactCredentials(value);
      safe = redactAssignments(safe, assigned, kindOf);
    }
    for (const replace of custom) safe = replace(safe);
    return safe;
  }

  function mayHold(length: number, marks: number): boolean {
    if (custom.length > 0) return true;
    const isLong = length >= MIN_JOINED;
    return length >= MIN_LENGTH && (marks & (isLong ? TELLING | JOINING : TELLING)) > 0;
  }

  function holds(key: string): boolean {
    return mayHold(key.length, marksIn(key)) && text(key) !== key;
  }

  return {
    text,
    mayHold,
    keyKind(key) {
      let kind = kinds.get(key);
      if (kind === undefined) {
        kind = kindOf(key) || (holds(key) ? 3 : 0);
        if (kinds.size === MAX_CACHED_KEYS) kinds.clear();
        if (key.length <= MAX_CACHED_KEY) kinds.set(key, kind);
      }
      return kind;
    },
    named(kind, value) {
      const secret = kind === 1 ? value !== "" : looksSecret(value);
      return secret && !REDACTED.test(value) ? NAMED : value;
    },
  };
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, "");
}

/** A pattern for the name as it may be written: with separators anywhere. */
function spread(name: string): string {
  return name.replace(/./gu, (char) => `${/\w/.test(char) ? char : `\\${char}`}[-_. ]?`);
}
