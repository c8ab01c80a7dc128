// Runs logs as it is told by its parent process, while its parent makes the disk fail, and tells what
// became of them. It must survive that. What is acknowledged stands on stdout, for those that are killed.
import { appendFileSync, existsSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Sink, StepLog, type StepLogError } from "@step-log/core";
import { type FsSinkOptions, fsSink } from "../../src/index.ts";

/** What the parent asks for. */
export type Command =
  | {
      /** Opens a sink, takes runs through everything that a sink does, and tries to flush. */
      readonly do: "run";
      readonly location: string;
      readonly runIds: readonly string[];
      readonly options: FsSinkOptions;
      /** Whether others leave stubs in the file, before and meanwhile. */
      readonly stubs?: boolean;
      /** So many records at the end, at once. */
      readonly burst?: number;
    }
  /** Records some more, flushes until it works, and closes. */
  | { readonly do: "finish" };

/** How things stand after a command. */
export interface Report {
  /** The steps of each run that were recorded. */
  readonly steps: Readonly<Record<string, readonly number[]>>;
  /** What flush rejected with. */
  readonly failure: Pick<StepLogError, "code" | "lost" | "pending"> | null;
  readonly written: number;
  readonly pending: number;
  readonly dropped: number;
  /** How often each code was told. */
  readonly told: Readonly<Record<string, number>>;
  /** How long those calls of `record…` took that took long. */
  readonly slowMs: readonly number[];
}

// A lock is had after a few ms; under a fault perhaps never.
const LOCK_WAIT_MS = 60;
// A holder writes without looking from 10 ms after it got the lock on.
const GRACE_MS = 14;
// What was written without looking is looked after within 5 ms.
const LOOK_MS = 7;
const MAX_FLUSHES = 20;
// What is not noticed; a record that waits for other writers takes 10 ms.
const SLOW_MS = 50;

let sink: Sink;
let inKernel: boolean;
let logs: StepLog[];
let location: string;
let steps: Record<string, number[]>;
let told: Record<string, number>;
let slowMs: number[];

process.on("message", (command: Command) => {
  void (command.do === "run" ? run(command) : finish()).then((report) => process.send?.(report));
});
process.send?.("ready");

async function run(command: Extract<Command, { do: "run" }>): Promise<Report> {
  ({ location } = command);
  [told, steps, slowMs] = [{}, {}, []];
  sink = fsSink(location, {
    ...command.options,
    onError({ code }) {
      told[code] = (told[code] ?? 0) + 1;
    },
  });
  inKernel = command.options.durability !== "buffered";
  logs = command.runIds.map((runId) => {
    steps[runId] = [0]; // run_start
    return new StepLog({ runId, sink });
  });
  if (command.stubs) leaveStub();
  record(6);
  if (command.stubs) leaveStub();
  const until = performance.now() + LOCK_WAIT_MS;
  while (!existsSync(`${location}.lock`) && performance.now() < until) await sleep(2);
  await sleep(GRACE_MS);
  record(8);
  if (command.stubs) leaveStub();
  await sleep(LOOK_MS);
  record(4 + (command.burst ?? 0));
  if (logs.length > 1) end(logs.shift());
  return report(await failureOf(sink.flush()));
}

async function finish(): Promise<Report> {
  let failure = await failureOf(sink.flush());
  for (let tries = 1; failure !== null && tries < MAX_FLUSHES; tries++)
    failure = await failureOf(sink.flush());
  record(3);
  for (const log of logs) end(log);
  failure = (await failureOf(sink.flush())) ?? (await failureOf(sink.close()));
  return report(failure);
}

function record(times: number): void {
  for (let i = 0; i < times; i++) {
    for (const log of logs) {
      const from = performance.now();
      const step = log.recordEvent("load", { text: "ä".repeat(10 + 40 * (i % 8)) });
      const tookMs = performance.now() - from;
      if (tookMs > SLOW_MS) slowMs.push(tookMs);
      steps[log.runId]?.push(step);
      // In "os" and "fsync", what does not wait is in the kernel's hands.
      if (inKernel && sink.stats?.().pending === 0) acknowledge(log.runId, [step]);
    }
  }
}

/** As of a writer that was killed in the middle of a line. */
function leaveStub(): void {
  for (const runId of location.endsWith("/") ? logs.map((log) => log.runId) : [""]) {
    const path = runId === "" ? location : `${location}${runId}.jsonl`;
    appendFileSync(path, '{"run_id":"killed","step":1,"type":"ev', { mode: 0o600 });
  }
}

function end(log: StepLog | undefined): void {
  if (log === undefined) return;
  log.end();
  const known = steps[log.runId];
  known?.push((known.at(-1) ?? 0) + 1);
}

function report(failure: Report["failure"]): Report {
  const { written = 0, pending = 0, dropped = 0 } = sink.stats?.() ?? {};
  return { steps, failure, written, pending, dropped, told, slowMs };
}

function acknowledge(runId: string, which: readonly number[]): void {
  writeSync(1, which.map((step) => `${runId} ${step}\n`).join(""));
}

/** What `flush` or `close` rejects with; when it does not, everything is acknowledged. */
async function failureOf(work: Promise<void>): Promise<Report["failure"]> {
  return work.then(
    () => {
      for (const [runId, which] of Object.entries(steps)) acknowledge(runId, which);
      return null;
    },
    ({ code, lost, pending }) => ({ code, lost, pending }),
  );
}
