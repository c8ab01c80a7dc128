import type { Json, Redactor } from "@step-log/core";

// Deeper than any real payload, and the depth at which a log cuts as well.
const MAX_DEPTH = 100;
const CUT = "…[truncated]";
// Shorter texts hold no credential that a redactor would find, but for patterns of the user's own.
const MIN_SECRET = 12;

/** The value without credentials; the very same where there are none. What is too deep is cut. */
export type CleanValues = (value: unknown) => Json;

/** Hears of a text that was replaced by another; of a key's value, if that was told by the key. */
export type ReplacedListener = (before: string, after: string, key?: string) => void;

/**
 * Makes what cleans parsed JSON: credentials are replaced, by the names of keys and by their looks.
 * It copies only what it changes.
 */
export function cleanValues(
  redactor: Redactor | undefined,
  onReplaced: ReplacedListener = () => {},
): CleanValues {
  // What could be found in no text at all can only be what the user looks for.
  const minLength = redactor?.mayHold(0, 0) ? 0 : MIN_SECRET;
  const cleaner = redactor && { redactor, minLength, onReplaced };
  return (value) => clean(value, cleaner, 1) as Json;
}

interface Cleaner {
  readonly redactor: Redactor;
  readonly minLength: number;
  readonly onReplaced: ReplacedListener;
}

function clean(value: unknown, cleaner: Cleaner | undefined, depth: number): unknown {
  if (typeof value === "string") return cleanText(value, cleaner);
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return CUT;
  return Array.isArray(value)
    ? cleanList(value, cleaner, depth)
    : cleanObject(value as Readonly<Record<string, unknown>>, cleaner, depth);
}

function cleanText(value: string, cleaner: Cleaner | undefined): string {
  if (cleaner === undefined || value.length < cleaner.minLength) return value;
  const safe = cleaner.redactor.text(value);
  if (safe !== value) cleaner.onReplaced(value, safe);
  return safe;
}

function cleanList(
  items: readonly unknown[],
  cleaner: Cleaner | undefined,
  depth: number,
): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const safe = clean(item, cleaner, depth + 1);
    if (safe === item) continue;
    copy ??= [...items];
    copy[i] = safe;
  }
  return copy ?? items;
}

function cleanObject(
  object: Readonly<Record<string, unknown>>,
  cleaner: Cleaner | undefined,
  depth: number,
): object {
  let changes: Map<string, readonly [key: string, value: unknown]> | undefined;
  for (const key in object) {
    const kind = cleaner === undefined ? 0 : cleaner.redactor.keyKind(key);
    const value = object[key];
    const safe = named(kind, key, value, cleaner, depth);
    if (safe === value && kind !== 3) continue;
    changes ??= new Map();
    changes.set(key, [kind === 3 ? cleanText(key, cleaner) : key, safe]);
  }
  if (changes === undefined) return object;
  // Not by assignment, which would take `__proto__` for something else.
  return Object.fromEntries(Object.entries(object).map((entry) => changes.get(entry[0]) ?? entry));
}

/** The value of a key of this kind, which a redactor tells by its name. */
function named(
  kind: 0 | 1 | 2 | 3,
  key: string,
  value: unknown,
  cleaner: Cleaner | undefined,
  depth: number,
): unknown {
  const safe = clean(value, cleaner, depth + 1);
  if (cleaner === undefined || kind === 0 || kind === 3) return safe;
  if (!Array.isArray(safe)) return secret(kind, key, safe, cleaner);
  const items = safe.map((item) => secret(kind, key, item, cleaner));
  return items.every((item, i) => item === safe[i]) ? safe : items;
}

function secret(
  kind: 1 | 2,
  key: string,
  value: unknown,
  { redactor, onReplaced }: Cleaner,
): unknown {
  if (typeof value !== "string" && typeof value !== "number") return value;
  const text = String(value);
  const shown = redactor.named(kind, text);
  if (shown === text) return value;
  onReplaced(text, shown, key);
  return shown;
}
