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
      const item = items[chain.at];
      if (item !== undefined && item.type !== "bad_line") {
        chain.head = headAfter(chain, item);
        insert(open, chain);
        return;
      }
      const part = chain.parts[chain.taken++];
      if (part === undefined) return;
      chain.current = part;
      chain.items = partItems(await queue.take(part));
      chain.at = 0;
    }
  };

  for (let opened = 0; ; ) {
    const [first, second] = open;
    const next = unopened[opened];
    if (next !== undefined && (first === undefined || next.first <= first.head.reached)) {
      opened++;
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
  readonly parts: readonly StoredPart[];
  /** How many of them were taken. */
  taken: number;
  current: StoredPart | undefined;
  items: readonly ReadItem[];
  at: number;
  /** Of the item at `at`, while the chain is open. */
  head: Head;
}

/** What the order goes by. */
interface Head {
  /**
   * The highest step of the writer so far. A call that took long stands behind later ones, under a
   * lower number: it waits for the others as those do.
   */
  readonly reached: number;
  readonly ts: number;
  readonly writer: string;
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
    taken: 0,
    current: undefined,
    items: [],
    at: 0,
    head: { reached: -1, ts: 0, writer },
  }));
  return chains.sort((a, b) => a.first - b.first || compareTexts(a.writer, b.writer));
}

/** Up to where a chain goes on before it is another one's turn, or a bad line comes; its head goes along. */
function endOfTurn(chain: Chain, other?: Chain, unopened?: Chain): number {
  const { items, at } = chain;
  let end = at + 1;
  for (; end < items.length; end++) {
    const item = items[end] as ReadItem;
    if (item.type === "bad_line") break;
    const head = headAfter(chain, item);
    if (unopened !== undefined && unopened.first <= head.reached) break;
    if (other !== undefined && compareHeads(other.head, head) < 0) break;
    chain.head = head;
  }
  return end;
}

function insert(open: Chain[], chain: Chain): void {
  let [low, high] = [0, open.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareHeads((open[middle] as Chain).head, chain.head) < 0) low = middle + 1;
    else high = middle;
  }
  open.splice(low, 0, chain);
}

function headAfter({ head, writer }: Chain, { step, ts }: StepRecord): Head {
  return { reached: Math.max(head.reached, step), ts, writer };
}

function compareHeads(a: Head, b: Head): number {
  return a.reached - b.reached || a.ts - b.ts || compareTexts(a.writer, b.writer);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
