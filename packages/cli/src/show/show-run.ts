import { Writable } from "node:stream";
import { type CostFunction, Replay, type ReplayStep } from "@step-log/replay";
import type { ExitCode } from "../exit-code.ts";
import type { Io, Output } from "../io.ts";
import { findRun } from "../locations/find-run.ts";
import { openLog } from "../locations/open-log.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { progress } from "../output/progress.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { pageText } from "../terminal/page-text.ts";
import { UsageError } from "../usage-error.ts";
import { runAnswer } from "./run-answer.ts";
import { kindOf } from "./step-facts.ts";
import { stepJson } from "./step-json.ts";
import { stepText } from "./step-text.ts";

/** Options of `step-log show`. */
export interface ShowOptions extends FormatOptions {
  readonly run?: string;
  /** The number of a step. */
  readonly step?: number;
  readonly type?: readonly string[];
  readonly errors?: boolean;
  readonly full?: boolean;
  /** `false` for `--no-pager`. */
  readonly pager?: boolean;
}

/** Prints the steps of a run, or one step whole. */
export async function showRun(
  io: Io,
  locations: readonly string[],
  options: ShowOptions,
): Promise<ExitCode> {
  const { costOf } = await import("@step-log/usage");
  const replay = await openRun(io, locations, options.run, (call) => costOf(call));
  const format = formatOf(options);
  const { stdout, text } = collector(io.stdout);
  const inMemory = { ...io, stdout };
  if (options.step !== undefined) {
    const step = stepOf(replay, options.step);
    if (format === "table")
      stdout.write(stepText(io, replay, step, { costOf, isFull: options.full === true }));
    else if (format === "json")
      stdout.write(`${JSON.stringify(stepJson(replay, step, costOf), null, 2)}\n`);
    else
      throw new UsageError(
        `a step is printed as text or with --json; --${format} is for the list of steps`,
      );
  } else {
    const steps = replay.steps.filter(wanted(options));
    await writeAnswer(
      inMemory,
      format,
      runAnswer(replay, steps, { costOf, isTree: !isFiltered(options) }),
    );
  }
  await pageText(io, text(), format === "table" && options.pager !== false);
  return tellBadLines(io, replay.summary().badLines);
}

/** Reads a run, with progress. */
export async function openRun(
  io: Io,
  locations: readonly string[],
  wanted: string | undefined,
  costOf: CostFunction,
): Promise<Replay> {
  let bar: ReturnType<typeof progress> | undefined;
  const log = await openLog(locations, io, { onRead: (bytes) => bar?.add(bytes) });
  bar = progress(io, `reading ${log.name}`, null);
  try {
    const runId = await findRun(log, wanted, io);
    return await Replay.open(log, runId, { costOf, signal: io.signal });
  } finally {
    bar.end();
  }
}

function stepOf(replay: Replay, number: number): ReplayStep {
  const step = replay.byNumber(number);
  if (step !== undefined) return step;
  const [first, last] = [replay.at(0)?.number, replay.at(-1)?.number];
  throw new UsageError(
    `run ${replay.runId} has no step ${number}; its steps are ${first} to ${last}`,
  );
}

function isFiltered({ type = [], errors }: ShowOptions): boolean {
  return type.length > 0 || errors === true;
}

function wanted({ type = [], errors = false }: ShowOptions): (step: ReplayStep) => boolean {
  return (step) =>
    (type.length === 0 || type.includes(step.type) || type.includes(kindOf(step))) &&
    (!errors || step.state === "failed");
}

/** As wide as the terminal that it stands for. */
function collector(output: Output): { stdout: Output; text: () => string } {
  const pieces: string[] = [];
  const stream = new Writable({
    write(piece, _encoding, done) {
      pieces.push(String(piece));
      done();
    },
  });
  const { isTTY = false, columns, rows } = output;
  const about = {
    isTTY,
    ...(columns !== undefined && { columns }),
    ...(rows !== undefined && { rows }),
  };
  return { stdout: Object.assign(stream, about), text: () => pieces.join("") };
}
