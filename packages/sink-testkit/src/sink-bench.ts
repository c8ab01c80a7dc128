import assert from "node:assert/strict";
import {
  type Entry,
  type FlushOptions,
  isStepLogError,
  type Sink,
  type StepLogError,
} from "@step-log/core";
import { caseContext } from "./case-context.ts";
import { expectStored } from "./expect-stored.ts";
import type { OptionalMember, SinkCasesOptions, SinkFaults } from "./sink-cases-options.ts";
import { type StoredLine, storedLines } from "./stored-line.ts";
import { within } from "./within.ts";

/** A sink on its store, and what a case does with them. */
export interface SinkBench {
  readonly sink: Sink;
  /** The optional members that it should have. */
  readonly optional: readonly OptionalMember[];
  /** What was written so far. */
  readonly given: readonly Entry[];
  write(...entries: readonly Entry[]): void;
  /** Flushes; it must resolve. */
  flush(options?: FlushOptions): Promise<void>;
  /** Closes; it must resolve. */
  close(options?: FlushOptions): Promise<void>;
  /** Flushes; it may reject with a `StepLogError`, which is returned. */
  tryFlush(options?: FlushOptions): Promise<StepLogError | undefined>;
  /** Closes; it may reject with a `StepLogError`, which is returned. */
  tryClose(options?: FlushOptions): Promise<StepLogError | undefined>;
  /** Everything in the store. */
  stored(): Promise<StoredLine[]>;
  /** Asserts that the store holds what was given, or `entries`, once each and in order. */
  expectStored(entries?: readonly Entry[]): Promise<void>;
  /** What lies outside the store. */
  escaped(): Promise<string[]>;
  breakStore(): Promise<void>;
  mendStore(): Promise<void>;
  /** A signal that is aborted when the broken store had its time. */
  patience(): AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 20_000;
// A loopback request or a file operation takes about a millisecond, so this is many tries.
const DEFAULT_WAIT_MS = 250;

/** Runs one case: makes the sink, and closes and cleans up whatever happens. */
export async function withSinkBench<S extends Sink>(
  options: SinkCasesOptions<S>,
  group: string,
  run: (bench: SinkBench) => Promise<void>,
): Promise<void> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const { context, cleanUp } = caseContext(group);
  const given: Entry[] = [];
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let broken = false;

  const open = async () => {
    const sink = await within(timeoutMs, "create", () => options.create(context));
    // With a listener, a sink that is made to fail does not fill the terminal with warnings.
    sink.onError?.(() => {});
    return sink;
  };

  const attempt = async (what: string, work: () => Promise<void>) => {
    const error = await within(timeoutMs, what, () =>
      work().then(nothing, (thrown) => ({ thrown })),
    );
    if (error === undefined) return undefined;
    if (isStepLogError(error.thrown)) return error.thrown;
    assert.fail(`${what} rejected with something else than a StepLogError: ${error.thrown}`);
  };

  const bench = (sink: S): SinkBench => ({
    sink,
    optional: options.optional ?? [],
    given,
    write(...entries) {
      for (const entry of entries) {
        given.push(entry);
        sink.write(entry);
      }
    },
    flush: (flushOptions) => within(timeoutMs, "flush", () => sink.flush(flushOptions)),
    close: (flushOptions) => within(timeoutMs, "close", () => sink.close(flushOptions)),
    tryFlush: (flushOptions) => attempt("flush", async () => sink.flush(flushOptions)),
    tryClose: (flushOptions) => attempt("close", async () => sink.close(flushOptions)),
    stored: () =>
      within(timeoutMs, "read", async () => storedLines(await options.read(sink, context))),
    async expectStored(entries = given) {
      expectStored(await this.stored(), entries);
    },
    async escaped() {
      return [...((await options.escaped?.(sink, context)) ?? [])];
    },
    async breakStore() {
      broken = true;
      await within(timeoutMs, "break", () => faultsOf(options).break(sink, context));
    },
    async mendStore() {
      await within(timeoutMs, "mend", () => faultsOf(options).mend(sink, context));
      broken = false;
    },
    patience() {
      const controller = new AbortController();
      // Not AbortSignal.timeout: with nothing else to do, the process would end before it fires.
      const waitMs = faultsOf(options).waitMs ?? DEFAULT_WAIT_MS;
      timers.add(setTimeout(() => controller.abort(), waitMs));
      return controller.signal;
    },
  });

  let sink: S | undefined;
  try {
    sink = await open();
    await run(bench(sink));
  } finally {
    for (const timer of timers) clearTimeout(timer);
    await quietly(async () => {
      if (sink !== undefined && broken) await bench(sink).mendStore();
    });
    // What close says was for the case to judge; here the sink is only to let go.
    await quietly(async () => {
      if (sink !== undefined) await bench(sink).close();
    });
    await cleanUp();
  }
}

function faultsOf<S extends Sink>(options: SinkCasesOptions<S>): SinkFaults<S> {
  const { faults } = options;
  if ("none" in faults)
    throw new Error(`the case needs faults, and there are none: ${faults.none}`);
  return faults;
}

async function quietly(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch {
    // The case has failed or passed already.
  }
}

function nothing(): undefined {}
