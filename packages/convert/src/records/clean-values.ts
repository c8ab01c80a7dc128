import type { Json, Redactor } from "@step-log/core";

// Deeper than any real payload, and the depth at which a log cuts as well.
const MAX_DEPTH = 100;
const CUT = "…[truncated]";
// Shorter texts hold no credential that a redactor would find.
const MIN_SECRET = 12;

/** The value without credentials; the very same where there are none. What is too deep is cut. */
export type CleanValues = (value: unknown) => Json;

/**
 * Makes what cleans parsed JSON: credentials are replaced, by the names of keys and by their looks.
 * It copies only what it changes.
 */
export function cleanValues(redactor: Redactor | undefined): CleanValues {
  return (value) => clean(value, redactor, 1) as Json;
}

function clean(value: unknown, redactor: Redactor | undefined, depth: number): unknown {
  if (typeof value === "string") {
    return redactor === undefined || value.length < MIN_SECRET ? value : redactor.text(value);
  }
  if (value === undefined) return null;
  if (typeof value !== "object" || value === null) return value;
  if (depth > MAX_DEPTH) return CUT;
  return Array.isArray(value)
    ? cleanList(value, redactor, depth)
    : cleanObject(value as Readonly<Record<string, unknown>>, redactor, depth);
}

function cleanList(
  items: readonly unknown[],
  redactor: Redactor | undefined,
  depth: number,
): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const safe = clean(item, redactor, depth + 1);
    if (safe === item) continue;
    copy ??= [...items];
    copy[i] = safe;
  }
  return copy ?? items;
}

function cleanObject(
  object: Readonly<Record<string, unknown>>,
  redactor: Redactor | undefined,
  depth: number,
): object {
  let changes: Map<string, readonly [key: string, value: unknown]> | undefined;
  for (const key in object) {
    const kind = redactor === undefined ? 0 : redactor.keyKind(key);
    const value = object[key];
    const safe = named(kind, value, redactor, depth);
    if (safe === value && kind !== 3) continue;
    changes ??= new Map();
    changes.set(key, [kind === 3 ? (redactor?.text(key) ?? key) : key, safe]);
  }
  if (changes === undefined) return object;
  // Not by assignment, which would take `__proto__` for something else.
  return Object.fromEntries(Object.entries(object).map((entry) => changes.get(entry[0]) ?? entry));
}

/** The value of a key of this kind, which a redactor tells by its name. */
function named(
  kind: 0 | 1 | 2 | 3,
  value: unknown,
  redactor: Redactor | undefined,
  depth: number,
): unknown {
  const safe = clean(value, redactor, depth + 1);
  if (redactor === undefined || kind === 0 || kind === 3) return safe;
  if (!Array.isArray(safe)) return secret(kind, safe, redactor);
  const items = safe.map((item) => secret(kind, item, redactor));
  return items.every((item, i) => item === safe[i]) ? safe : items;
}

function secret(kind: 1 | 2, value: unknown, redactor: Redactor): unknown {
  if (typeof value === "string") return redactor.named(kind, value);
  if (typeof value !== "number") return value;
  const shown = redactor.named(kind, String(value));
  return shown === String(value) ? value : shown;
}
