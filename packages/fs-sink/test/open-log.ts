import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Sink,
  StepLog,
  type StepLogError,
  type StepLogOptions,
  type StepRecord,
} from "@step-log/core";
import { expect } from "vitest";
import { type FsSinkOptions, fsSink } from "../src/index.ts";
import { temporaryFolder } from "./child.ts";

/** A run over a sink of its own. */
export interface OpenLog {
  readonly path: string;
  readonly sink: Sink;
  readonly log: StepLog;
  /** What the sink told, by code. */
  readonly told: Record<string, number>;
  readonly errors: readonly StepLogError[];
  /** Records events up to this step; the run begins with step 1. */
  recordTo(step: number): void;
  close(): Promise<void>;
}

/** Opens a run, "run", without header and end. */
export function openLog(
  options: FsSinkOptions = {},
  path: string = newPath(),
  logOptions: Partial<StepLogOptions> = {},
): OpenLog {
  const told: Record<string, number> = {};
  const errors: StepLogError[] = [];
  const onError = (error: StepLogError) => {
    errors.push(error);
    told[error.code] = (told[error.code] ?? 0) + 1;
  };
  const sink = fsSink(path, { ...options, onError });
  const log = new StepLog({ runId: "run", run: false, ...logOptions, sink });
  return {
    path,
    sink,
    log,
    told,
    errors,
    recordTo(step) {
      while (log.recordEvent("event", "x".repeat(100)) < step);
    },
    close: () => sink.close(),
  };
}

/** Where a log may be written, in a new folder. */
export function newPath(): string {
  return join(temporaryFolder(), "agent-steps.jsonl");
}

/** The records of a file, each of whose lines must be one. */
export function recordsIn(path: string): StepRecord[] {
  return linesIn(path).map((line) => JSON.parse(line));
}

/**
 * The lines of a file, which must end with one. Empty ones are left out: one stands where a writer
 * took a long line that another was about to write for the stub of one.
 */
export function linesIn(path: string): string[] {
  const text = readFileSync(path, "utf8");
  expect(text === "" || text.endsWith("\n")).toBe(true);
  return text.split("\n").filter((line) => line !== "");
}

/** The steps of a run in the order in which they stand in the files. */
export function stepsIn(path: string | readonly string[], runId = "run"): number[] {
  return [path]
    .flat()
    .flatMap(recordsIn)
    .filter(({ run_id }) => run_id === runId)
    .map(({ step }) => step);
}

/** `from, from + 1, …, to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
