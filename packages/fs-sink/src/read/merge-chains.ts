import type { StepRecord } from "@step-log/core";
import type { ReadItem } from "./record-cutter.ts";

/**
 * Puts what several processes wrote of one run into one order: by time, then by step, each process'
 * own order kept. Bad lines come when they are met.
 *
 * Takes up only one at a time until a record has come of it, so that no more files are open than have
 * something of the run.
 */
export async function* mergeChains(
  chains: readonly AsyncGenerator<ReadItem[], void, void>[],
): AsyncGenerator<ReadItem[], void, void> {
  const open: Head[] = [];
  try {
    for (const chain of chains) {
      const head: Head = { chain, items: [], at: 0 };
      open.push(head);
      if (!(yield* advance(head))) open.pop();
    }
    while (open.length > 1) {
      const next = open.reduce((first, head) => (isBefore(head, first) ? head : first));
      yield [next.items[next.at++] as StepRecord];
      if (!(yield* advance(next))) open.splice(open.indexOf(next), 1);
    }
    for (const { chain, items, at } of open) {
      yield items.slice(at);
      yield* chain;
    }
  } finally {
    for (const { chain } of open) await chain.return();
  }
}

interface Head {
  readonly chain: AsyncGenerator<ReadItem[], void, void>;
  items: ReadItem[];
  at: number;
}

/** Goes on to the next record, passing bad lines on; `false` at the end. */
async function* advance(head: Head): AsyncGenerator<ReadItem[], boolean, void> {
  for (;;) {
    for (; head.at < head.items.length; head.at++) {
      const item = head.items[head.at];
      if (item?.type !== "bad_line") return true;
      yield [item];
    }
    const { done, value } = await head.chain.next();
    if (done) return false;
    head.items = value;
    head.at = 0;
  }
}

function isBefore(a: Head, b: Head): boolean {
  const [left, right] = [a.items[a.at] as StepRecord, b.items[b.at] as StepRecord];
  return left.ts < right.ts || (left.ts === right.ts && left.step < right.step);
}
