import type { BadLine, RunRef, Source, StepRecord } from "@step-log/core";
import { type Handles, referenceSource } from "./reference-source.ts";

type Item = StepRecord | BadLine;

/** A source with one mistake. */
export interface Mutant {
  source(lines: readonly string[], handles: Handles): Source;
  /** The mistake is that something never settles. */
  readonly hangs?: true;
}

/** For each case a source that only breaks its promise, or one of its promises. */
export const SOURCE_MUTANTS: Readonly<Record<string, Mutant>> = {
  "read gives the records of a run in the order of writing": onRead((items) =>
    items.toSorted((a, b) => stepOf(a) - stepOf(b)),
  ),
  "read gives the records of that run alone": changed((source) => ({
    async *read(runId) {
      for await (const item of source.readAll()) {
        if (item.type === "bad_line" || item.run_id.includes(runId)) yield item;
      }
    },
  })),
  "read of an unknown run gives nothing": changed((source) => ({
    async *read(runId) {
      const items = await all(source.read(runId));
      if (items.length === 0) throw new Error("no such run");
      yield* items;
    },
  })),
  "read finds hostile run ids": changed((source) => ({
    read: (runId) => source.read(runId.slice(0, 255)),
  })),
  "readAll gives everything, each run in its order": onReadAll((items) => items.toReversed()),
  "readAll of an empty store gives nothing": onReadAll((items) => {
    if (items.length === 0) throw new Error("the store is empty");
    return items;
  }),
  "two readings at once do not disturb each other": changed((source) => {
    let reading: AsyncIterator<Item> | undefined;
    return {
      async *readAll() {
        reading ??= source.readAll()[Symbol.asyncIterator]();
        for (let next = await reading.next(); !next.done; next = await reading.next()) {
          yield next.value;
        }
        reading = undefined;
      },
      read(runId) {
        return only(this.readAll?.() ?? source.readAll(), runId);
      },
    };
  }),
  "types and keys that are not known pass through": onRead((items) =>
    items.filter(({ type }) => type === "event"),
  ),
  "records of every size and script are read as they are": {
    // Decodes chunks of bytes one by one.
    source: (lines) =>
      referenceSource(
        lines.map((line) => {
          const bytes = Buffer.from(line);
          const half = Math.min(bytes.length, 65_536);
          return bytes.subarray(0, half).toString() + bytes.subarray(half).toString();
        }),
      ),
  },

  "runs lists each run once": changed((source) => ({
    async *runs() {
      for await (const item of source.readAll()) {
        if (item.type !== "bad_line") yield { runId: item.run_id };
      }
    },
  })),
  "runs of an empty store is empty": onRuns((runs) =>
    runs.length === 0 ? [{ runId: "undefined" }] : runs,
  ),
  "runs lists hostile run ids as they are": onRuns((runs) =>
    runs.map((run) => ({ ...run, runId: run.runId.trim() })),
  ),
  "runs since a time have a record then or later": changed((source) => ({
    runs: (filter) =>
      source.runs(filter?.since === undefined ? filter : { since: filter.since + 1 }),
  })),
  "runs until a time have a record before it": changed((source) => ({
    runs: (filter) =>
      source.runs(filter?.until === undefined ? filter : { until: filter.until + 1 }),
  })),
  "runs since and until a time have a record between": changed((source) => ({
    runs: ({ since, until } = {}) =>
      source.runs(since !== undefined ? { since } : until !== undefined ? { until } : {}),
  })),
  "a run that is listed with its start has that of its first record": onRuns((runs) =>
    runs.map((run) => ({ ...run, startedAt: (run.startedAt ?? 0) * 1_000 })),
  ),

  "bad lines do not keep the records around them from being read": changed((source) => ({
    async *read(runId) {
      for await (const item of source.read(runId)) {
        if (item.type === "bad_line") throw new SyntaxError(item.reason);
        yield item;
      }
    },
  })),
  "readAll passes on every bad line, with its size and a reason": onReadAll((items) =>
    items.filter(({ type }) => type !== "bad_line"),
  ),
  "runs lists the runs around bad lines, and no others": changed((source) => ({
    async *runs() {
      const ids = new Set((await all(source.readAll())).map((item) => runOf(item)));
      for (const runId of ids) yield { runId: String(runId) };
    },
  })),

  "a reading can be broken off, and the source read again": {
    hangs: true,
    source(lines) {
      const source = referenceSource(lines);
      // Its return() waits for a reader that has gone.
      const read = (runId: string) => {
        const inner = source.read(runId)[Symbol.asyncIterator]();
        return {
          [Symbol.asyncIterator]: () => ({
            next: () => inner.next(),
            return: () => new Promise<IteratorResult<Item>>(() => {}),
          }),
        };
      };
      return { ...source, read };
    },
  },
  "readings that were broken off leave nothing open": {
    source(lines, handles) {
      const source = referenceSource(lines);
      return {
        ...source,
        async *readAll(options) {
          handles.open++;
          yield* source.readAll(options);
          handles.open--; // not reached when the reader leaves
        },
      };
    },
  },
  "a reading with an aborted signal throws its reason": changed((source) => ({
    async *readAll(options) {
      if (options?.signal?.aborted !== true) yield* source.readAll(options);
    },
  })),
  "an abort in the middle ends a reading with the signal's reason": changed((source) => ({
    async *readAll(options) {
      options?.signal?.throwIfAborted();
      yield* source.readAll();
    },
  })),
};

function changed(change: (source: Source) => Partial<Source>): Mutant {
  return {
    source(lines, handles) {
      const source = referenceSource(lines, handles);
      return { ...source, ...change(source) };
    },
  };
}

function onRead(change: (items: Item[]) => Item[]): Mutant {
  return changed((source) => ({
    async *read(runId) {
      yield* change(await all(source.read(runId)));
    },
  }));
}

function onReadAll(change: (items: Item[]) => Item[]): Mutant {
  return changed((source) => ({
    async *readAll() {
      yield* change(await all(source.readAll()));
    },
  }));
}

function onRuns(change: (runs: RunRef[]) => RunRef[]): Mutant {
  return changed((source) => ({
    async *runs(filter) {
      yield* change(await all(source.runs(filter)));
    },
  }));
}

async function* only(items: AsyncIterable<Item>, runId: string): AsyncGenerator<Item> {
  for await (const item of items) if (runOf(item) === runId) yield item;
}

async function all<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}

function runOf(item: Item): string | undefined {
  return item.type === "bad_line" ? undefined : item.run_id;
}

function stepOf(item: Item): number {
  return item.type === "bad_line" ? -1 : item.step;
}
