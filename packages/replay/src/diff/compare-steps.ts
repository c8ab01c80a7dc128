import { canonicalJson } from "../canonical-json.ts";
import { align } from "./align.ts";
import type { Comparable } from "./comparable.ts";
import { type Change, jsonChanges } from "./json-changes.ts";

/** What became of a step from one run to another. */
export type StepChange = "same" | "changed" | "moved" | "added" | "dropped";

/** Two steps that belong together, or one that has none to belong to. */
export interface StepPair {
  readonly kind: StepChange;
  /** Its position in the first sequence, -1 where it has none. */
  readonly a: number;
  /** Its position in the second sequence, -1 where it has none. */
  readonly b: number;
  readonly changes: readonly Change[];
}

const NONE: readonly Change[] = [];

/**
 * Aligns two sequences of steps by what they are, first those that were given the same, then those
 * of the same type and name, then calls of models whatever the model. What is left over on both
 * sides, of the same type and name, has moved.
 *
 * The pairs stand in the order of `b`; what was dropped stands where it was in `a`.
 */
export function compareSteps(
  a: readonly Comparable[],
  b: readonly Comparable[],
  isIgnored: (path: string) => boolean,
): StepPair[] {
  const pairs = pairsOf(a, b);
  const moves = movesOf(a, b, pairs);
  const partner = new Map(moves.map(([i, j]) => [j, i]));
  const hasMoved = new Set(partner.values());
  const found: StepPair[] = [];
  const pair = (kind: StepChange, i: number, j: number) => {
    const [left, right] = [a[i], b[j]];
    const changes = left && right ? changesOf(left, right, isIgnored) : NONE;
    found.push({
      kind: kind === "same" && changes.length > 0 ? "changed" : kind,
      a: i,
      b: j,
      changes,
    });
  };
  let j = 0;
  const addUntil = (end: number) => {
    for (; j < end; j++) {
      const i = partner.get(j);
      if (i === undefined) pair("added", -1, j);
      else pair("moved", i, j);
    }
  };
  for (let i = 0; i < a.length; i++) {
    const to = pairs[i] ?? -1;
    if (to === -1) {
      if (!hasMoved.has(i)) pair("dropped", i, -1);
      continue;
    }
    addUntil(to);
    pair("same", i, to);
    j = to + 1;
  }
  addUntil(b.length);
  return found;
}

function pairsOf(a: readonly Comparable[], b: readonly Comparable[]): Int32Array {
  const pairs = new Int32Array(a.length).fill(-1);
  for (const keyOf of [exactKey, nameKey, typeKey]) {
    const ids = new Map<string, number>();
    const left = idsOf(a, keyOf, ids, -1);
    const right = idsOf(b, keyOf, ids, -1 - a.length);
    for (const [a0, a1, b0, b1] of gapsOf(pairs, b.length)) {
      const within = align(left.subarray(a0, a1), right.subarray(b0, b1));
      for (const [i, to] of within.entries()) if (to !== -1) pairs[a0 + i] = b0 + to;
    }
  }
  return pairs;
}

/** Numbers that are the same where keys are; what has no key gets one of its own, from `unlike` down. */
function idsOf(
  steps: readonly Comparable[],
  keyOf: (step: Comparable) => string | null,
  ids: Map<string, number>,
  unlike: number,
): Int32Array {
  let next = unlike;
  return Int32Array.from(steps, (step) => {
    const key = keyOf(step);
    if (key === null) return next--;
    const id = ids.get(key) ?? ids.size;
    if (id === ids.size) ids.set(key, id);
    return id;
  });
}

function exactKey({ type, name, values }: Comparable): string {
  return canonicalJson([type, name, values["input"] ?? null, values["data"] ?? null]);
}

function nameKey({ type, name }: Comparable): string {
  return JSON.stringify([type, name]);
}

function typeKey({ type }: Comparable): string | null {
  return type === "llm_call" ? type : null;
}

/** Where neither sequence has a partner in the other. */
function* gapsOf(pairs: Int32Array, bLength: number): Generator<[number, number, number, number]> {
  let [a0, b0] = [0, 0];
  for (let i = 0; i <= pairs.length; i++) {
    const to = i === pairs.length ? bLength : (pairs[i] ?? -1);
    if (to === -1) continue;
    if (i > a0 && to > b0) yield [a0, i, b0, to];
    [a0, b0] = [i + 1, to + 1];
  }
}

/** Pairs of steps that are in both and stand elsewhere. */
function movesOf(
  a: readonly Comparable[],
  b: readonly Comparable[],
  pairs: Int32Array,
): [number, number][] {
  const taken = new Set(pairs);
  const moves: [number, number][] = [];
  const moved = new Set<number>();
  for (const keyOf of [exactKey, nameKey]) {
    const left = new Map<string, number[]>();
    for (const [i, step] of a.entries()) {
      if (pairs[i] !== -1 || moved.has(i)) continue;
      const key = keyOf(step);
      const places = left.get(key);
      if (places === undefined) left.set(key, [i]);
      else places.push(i);
    }
    for (const places of left.values()) places.reverse();
    for (const [j, step] of b.entries()) {
      if (taken.has(j) || left.size === 0) continue;
      const i = left.get(keyOf(step))?.pop();
      if (i === undefined) continue;
      moves.push([i, j]);
      moved.add(i);
      taken.add(j);
    }
  }
  return moves;
}

function changesOf(
  a: Comparable,
  b: Comparable,
  isIgnored: (path: string) => boolean,
): readonly Change[] {
  const changes = jsonChanges(a.values, b.values, isIgnored);
  if (a.state !== b.state && (a.state === "unfinished" || b.state === "unfinished")) {
    changes.unshift({ path: "/state", a: a.state, b: b.state });
  }
  return changes.length === 0 ? NONE : changes;
}
