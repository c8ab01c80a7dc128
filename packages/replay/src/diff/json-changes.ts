import type { Json } from "@step-log/core";
import { isObject } from "../canonical-json.ts";

/** One place at which two values are not the same. */
export interface Change {
  /** Where, as a JSON Pointer: `/input/query`, `/output/results/0`. */
  readonly path: string;
  /** What the first has there; `undefined` where it has nothing. */
  readonly a: Json | undefined;
  /** What the second has there; `undefined` where it has nothing. */
  readonly b: Json | undefined;
}

// Of one step: what a person looks at. Outputs of strangers could differ in millions.
const MAX_CHANGES = 100;

/** The places at which two values differ, in the order of the first; the first 100 of them. */
export function jsonChanges(a: Json, b: Json, isIgnored: (path: string) => boolean): Change[] {
  const changes: Change[] = [];
  if (areAlike(a, b)) return changes;
  // The next one last; values may be nested deeper than calls can be.
  const open: Change[] = [{ path: "", a, b }];
  for (let it = open.pop(); it !== undefined && changes.length < MAX_CHANGES; it = open.pop()) {
    if (it.a === it.b || isIgnored(it.path)) continue;
    const inner = inside(it);
    if (inner === undefined) changes.push(it);
    else for (let i = inner.length - 1; i >= 0; i--) open.push(inner[i] as Change);
  }
  return changes;
}

/** Tells of most values that are the same, at once. */
function areAlike(a: Json, b: Json): boolean {
  try {
    return JSON.stringify(a) === JSON.stringify(b);
  } catch {
    return false; // nested too deep for it
  }
}

/** What stands in two objects, or two lists, key by key; `undefined` for any other two values. */
function inside({ path, a, b }: Change): Change[] | undefined {
  const at = (key: string | number) => `${path}/${pointerPart(String(key))}`;
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, i) => ({ path: at(i), a: a[i], b: b[i] }));
  }
  if (!isObject(a) || !isObject(b)) return undefined;
  const own = (value: object, key: string) =>
    Object.hasOwn(value, key) ? (Reflect.get(value, key) as Json) : undefined;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Array.from(keys, (key) => ({ path: at(key), a: own(a, key), b: own(b, key) }));
}

/** A key as it stands in a JSON Pointer (RFC 6901, section 3). */
function pointerPart(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
