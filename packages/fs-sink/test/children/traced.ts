// Does what its scenario says, and marks the points in time between which a tracer is to look.
import { existsSync, writeSync } from "node:fs";
import { StepLog } from "@step-log/core";
import { type FsSinkOptions, fsSink } from "../../src/index.ts";

const { path, scenario, options } = JSON.parse(process.argv[2] ?? "{}") as {
  path: string;
  scenario: keyof typeof scenarios;
  options: FsSinkOptions;
};
const told: string[] = [];
const sink = fsSink(path, { ...options, onError: ({ code }) => void told.push(code) });
const log = new StepLog({ runId: "run", run: false, sink });
const turn = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const mark = (text: string) => writeSync(1, `${text}\n`);

const scenarios = {
  /** Two flushes that overlap, each after a record. */
  async flushes() {
    log.recordEvent("one");
    const first = sink.flush().then(() => mark("flushed one"));
    await turn();
    log.recordEvent("two");
    const second = sink.flush().then(() => mark("flushed two"));
    await Promise.all([first, second]);
  },
  /** Two flushes at the same time, after one record. */
  async together() {
    log.recordEvent("one");
    await Promise.all(
      [sink.flush(), sink.flush()].map((flushed) => flushed.then(() => mark("flushed"))),
    );
  },
  /** Has the lock, knows that it is alone, and records in one go. */
  async steady() {
    while (!existsSync(`${path}.lock`)) {
      log.recordEvent("before");
      await turn(1);
    }
    for (let i = 0; i < 50; i++) {
      log.recordEvent("before");
      await turn(2);
    }
    mark("begin");
    for (let i = 0; i < 500; i++) log.recordEvent("steady");
    mark("end");
  },
  /** Records, again and again, and flushes at the end until it works, or 20 times. */
  async records() {
    for (let i = 0; i < 12; i++) {
      log.recordEvent("record", i);
      if (i % 3 === 2) await turn(1);
    }
    for (let tries = 0; tries < 20; tries++) {
      const failure = await sink.flush().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure === undefined) break;
      mark(`failed ${JSON.stringify(failure)}`);
    }
  },
  /** A file of its own for each of some runs, more than are kept open at a time. */
  async runs() {
    for (let i = 0; i < 300; i++)
      new StepLog({ runId: `run-${i}`, run: false, sink }).recordEvent("one");
    await sink.flush();
    mark("flushed");
  },
  /** Rotates once, and flushes. */
  async rotates() {
    while (!existsSync(`${path}.lock`)) {
      log.recordEvent("before");
      await turn(1);
    }
    await turn(50);
    for (let i = 0; i < 20; i++) log.recordEvent("record", "x".repeat(200));
    await sink.flush();
    mark("flushed");
  },
} satisfies Record<string, () => Promise<void>>;

await scenarios[scenario]();
mark(JSON.stringify({ stats: sink.stats?.(), told }));
await sink.close().catch(() => {});
