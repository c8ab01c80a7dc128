import assert from "node:assert/strict";
import type {
  BadLine,
  Entry,
  ReadOptions,
  RunFilter,
  RunRef,
  Source,
  StepRecord,
} from "@step-log/core";
import { caseContext } from "./case-context.ts";
import { expectStored } from "./expect-stored.ts";
import type { SourceCasesOptions } from "./source-cases-options.ts";
import { storedLines } from "./stored-line.ts";
import { within } from "./within.ts";

/** A source, and what a case does with it. */
export interface SourceBench {
  /** Makes a source that holds these entries, or lines, each with its `\n`. */
  open(content: readonly (Entry | string)[]): Promise<Source>;
  /** Everything that an iteration gives. */
  all<T>(iterable: AsyncIterable<T>): Promise<T[]>;
  /** The runs that are listed, sorted by id. */
  runs(source: Source, filter?: RunFilter): Promise<RunRef[]>;
  /** Asserts that reading a run gives these entries and no bad line. */
  expectRun(source: Source, runId: string, entries: readonly Entry[]): Promise<void>;
  /** Asserts that reading everything gives these entries and no bad line. */
  expectAll(source: Source, entries: readonly Entry[]): Promise<void>;
  /** Reads until `count` records have come, and breaks off. */
  breakOff(iterable: AsyncIterable<StepRecord | BadLine>, count: number): Promise<void>;
  /** Asserts that a reading ends by throwing the reason of its signal, aborted after `count` records. */
  expectAborted(
    read: (options: ReadOptions) => AsyncIterable<unknown>,
    count: number,
  ): Promise<void>;
  /** How many handles are open. */
  openHandles(): Promise<number>;
}

const DEFAULT_TIMEOUT_MS = 20_000;

/** Runs one case, and cleans up whatever happens. */
export async function withSourceBench<S extends Source>(
  options: SourceCasesOptions<S>,
  group: string,
  run: (bench: SourceBench) => Promise<void>,
): Promise<void> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const cleanUps: (() => Promise<void>)[] = [];

  const bench: SourceBench = {
    async open(content) {
      const { context, cleanUp } = caseContext(group);
      cleanUps.push(cleanUp);
      const lines = content.map((item) => (typeof item === "string" ? item : item.line));
      return within(timeoutMs, "create", () => options.create(lines, context));
    },
    all: (iterable) => within(timeoutMs, "reading", () => collected(iterable)),
    async runs(source, filter) {
      const runs = await bench.all(source.runs(filter));
      return runs.sort((a, b) => (a.runId < b.runId ? -1 : 1));
    },
    async expectRun(source, runId, entries) {
      expectStored(await storedLines(await bench.all(source.read(runId))), entries);
    },
    async expectAll(source, entries) {
      expectStored(await storedLines(await bench.all(source.readAll())), entries);
    },
    breakOff: (iterable, count) =>
      within(timeoutMs, "breaking off", async () => {
        let left = count;
        for await (const _ of iterable) if (--left <= 0) break;
      }),
    async expectAborted(read, count) {
      const controller = new AbortController();
      const reason = new Error("the reader has left");
      if (count === 0) controller.abort(reason);
      let left = count;
      const reading = async () => {
        for await (const _ of read({ signal: controller.signal })) {
          if (--left === 0) controller.abort(reason);
        }
      };
      await within(timeoutMs, "an aborted reading", () =>
        assert.rejects(reading, (error) => error === reason),
      );
    },
    async openHandles() {
      return (await options.openHandles?.()) ?? 0;
    },
  };

  try {
    await run(bench);
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

async function collected<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of iterable) items.push(item);
  return items;
}
