import type { StepRecord } from "@step-log/core";
import { groupBy } from "./group-by.ts";
import { partItems } from "./load-part.ts";
import type { ReadItem } from "./parse-part.ts";
import type { PartQueue } from "./part-queue.ts";
import type { StoredPart } from "./stored-part.ts";

/** What a part gave, in the order of the run. */
export interface MergedItems {
  readonly part: StoredPart;
  readonly items: readonly ReadItem[];
}

/**
 * Puts the parts of a run into one order: by step, then by time, then by writer; each writer's own
 * order is kept. Bad lines come when they are met.
 *
 * Of each writer one part is in memory, and only from when its steps are near.
 */
export async function* mergeParts(
  parts: readonly StoredPart[],
  queue: PartQueue,
): AsyncGenerator<MergedItems, void, void> {
  const unopened = chainsOf(parts);
  // By their next records, the first one first.
  const open: Chain[] = [];
  const advance = async function* (chain: Chain): AsyncGenerator<MergedItems, void, void> {
    for (;;) {
      const { current, items, at } = chain;
      while (items[chain.at]?.type === "bad_line") chain.at++;
      if (current !== undefined && chain.at > at) {
        yield { part: current, items: items.slice(at, chain.at) };
      }
      if (chain.at < items.length) {
        insert(open, chain);
        return;
      }
      const part = chain.parts.shift();
      if (part === undefined) return;
      chain.current = part;
      chain.items = partItems(await queue.take(part));
      chain.at = 0;
    }
  };

  for (;;) {
    const [first, second] = open;
    const next = unopened[0];
    if (next !== undefined && (first === undefined || next.first <= headOf(first).step)) {
      unopened.shift();
      yield* advance(next);
      continue;
    }
    if (first === undefined) return;
    open.shift();
    const end = endOfTurn(first, second, next);
    const { current, items, at } = first;
    if (current !== undefined) yield { part: current, items: items.slice(at, end) };
    first.at = end;
    yield* advance(first);
  }
}

/** The parts of one writer, in their order. */
interface Chain {
  readonly writer: string;
  /** The lowest step, by the keys. */
  readonly first: number;
  readonly parts: StoredPart[];
  current: StoredPart | undefined;
  items: readonly ReadItem[];
  at: number;
}

/** The order in which the parts of a run are likely to be read. */
export function inReadingOrder(parts: readonly StoredPart[]): StoredPart[] {
  return [...parts].sort(
    ({ name: a }, { name: b }) =>
      a.first - b.first || compareTexts(a.writer, b.writer) || a.seq - b.seq,
  );
}

function chainsOf(parts: readonly StoredPart[]): Chain[] {
  const byWriter = groupBy(parts, ({ name }) => name.writer);
  const chains = [...byWriter].map(([writer, its]) => ({
    writer,
    first: its.reduce((lowest, { name }) => Math.min(lowest, name.first), Number.MAX_SAFE_INTEGER),
    parts: its.sort(({ name: a }, { name: b }) => a.seq - b.seq),
    current: undefined,
    items: [],
    at: 0,
  }));
  return chains.sort((a, b) => a.first - b.first || compareTexts(a.writer, b.writer));
}

/** Up to where a chain goes on before it is another one's turn, or a bad line comes. */
function endOfTurn({ items, at, writer }: Chain, other?: Chain, unopened?: Chain): number {
  let end = at + 1;
  for (; end < items.length; end++) {
    const item = items[end] as ReadItem;
    if (item.type === "bad_line") break;
    if (unopened !== undefined && unopened.first <= item.step) break;
    if (other !== undefined && compareHeads(headOf(other), item, other.writer, writer) < 0) break;
  }
  return end;
}

function insert(open: Chain[], chain: Chain): void {
  let [low, high] = [0, open.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = open[middle] as Chain;
    if (compareHeads(headOf(other), headOf(chain), other.writer, chain.writer) < 0)
      low = middle + 1;
    else high = middle;
  }
  open.splice(low, 0, chain);
}

function headOf({ items, at }: Chain): StepRecord {
  return items[at] as StepRecord;
}

function compareHeads(a: StepRecord, b: StepRecord, writerOfA: string, writerOfB: string): number {
  return a.step - b.step || a.ts - b.ts || compareTexts(writerOfA, writerOfB);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
