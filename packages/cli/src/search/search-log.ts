import type { StepRecord } from "@step-log/core";
import { type ExitCode, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findRun } from "../locations/find-run.ts";
import type { Log } from "../locations/log.ts";
import type { LogItem } from "../locations/log-item.ts";
import { openLog } from "../locations/open-log.ts";
import { count } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { progress } from "../output/progress.ts";
import { rowWriter } from "../output/row-writer.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { write } from "../output/write.ts";
import { isWithin, type PeriodOptions, periodOf } from "../period.ts";
import { namesOf, recordTypes } from "../record-types.ts";
import { type Condition, condition } from "./condition.ts";
import { findIn, looksLikeStructure, PARTS, USUAL_PARTS } from "./find-in.ts";
import { FOUND_COLUMNS, type FoundStep, foundLine } from "./found-step.ts";
import { type MatchOptions, textMatcher } from "./text-matcher.ts";

/** Options of `step-log search`. */
export interface SearchOptions extends FormatOptions, PeriodOptions, MatchOptions {
  readonly in?: string;
  readonly type?: string;
  readonly tool?: string;
  readonly model?: string;
  readonly run?: string;
  readonly where?: readonly string[];
  readonly limit?: number;
  readonly count?: boolean;
}

// Wide enough for a line that is piped to be read, and found again in a mail.
const WITHOUT_TERMINAL = 160;

/** Shows the steps in which a text stands, as they are found; `FOUND_PROBLEMS` where there is none, as grep. */
export async function searchLog(
  io: Io,
  wanted: string,
  locations: readonly string[],
  options: SearchOptions,
): Promise<ExitCode> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const look = finder(wanted, options);
  let bar: ReturnType<typeof progress> | undefined;
  const log = await openLog(locations, io, { onRead: (bytes) => bar?.add(bytes) });
  const runId = options.run === undefined ? undefined : await findRun(log, options.run, io);
  bar = progress(io, `searching ${log.name}`, runId === undefined ? await log.size() : null);
  const format = formatOf(options);
  const columns = io.stdout.columns ?? WITHOUT_TERMINAL;
  const rows = rowWriter<FoundStep>(io, {
    format,
    columns: FOUND_COLUMNS,
    jsonKey: "steps",
    line: (step, paint) => foundLine(step, columns, paint),
  });
  const unfinished = new UnfinishedSteps();
  let found = 0;
  let badLines = 0;
  const tell = async (step: FoundStep) => {
    found++;
    if (options.count) return;
    bar?.clear();
    await rows.add(step);
  };
  reading: for await (const batch of batchesOf(log, runId, io.signal)) {
    for (const item of batch) {
      if (item.type === "bad_line") {
        badLines++;
        continue;
      }
      if (item.type !== "step_start") unfinished.end(item);
      const step = look(item);
      if (step === undefined) continue;
      if (item.type === "step_start" && options.type === undefined) {
        for (const old of unfinished.begin(step)) await tell(old);
      } else await tell(step);
      if (found >= limit) break reading;
    }
  }
  for (const step of unfinished.left()) if (found < limit) await tell(step);
  bar.end();
  if (options.count && format !== "json") await write(io.stdout, `${counted(found, format)}\n`);
  else await rows.end({ count: found, bad_lines: badLines });
  tellBadLines(io, badLines);
  return found > 0 ? OK : FOUND_PROBLEMS;
}

function counted(found: number, format: string): string {
  return format === "table" ? count(found) : String(found);
}

/** Makes what looks into a record. */
function finder(
  wanted: string,
  options: SearchOptions,
): (record: StepRecord) => FoundStep | undefined {
  const period = periodOf(options);
  const types = recordTypes(options.type);
  const conditions: Condition[] = (options.where ?? []).map(condition);
  const { tool, model } = options;
  if (tool !== undefined) conditions.push((it) => "tool" in it && it.tool === tool);
  if (model !== undefined) conditions.push((it) => "model" in it && it.model === model);
  const parts = options.in === undefined ? USUAL_PARTS : [...namesOf(options.in, PARTS, "--in")];
  const matches = textMatcher(wanted, options);
  const isStructure = looksLikeStructure(wanted);
  return (record) => {
    if (types !== undefined && !types.has(record.type)) return undefined;
    if (!isWithin(period, record.ts) || !conditions.every((holds) => holds(record)))
      return undefined;
    // Without a text it is conditions that are asked for.
    if (wanted === "") return { record, hit: undefined };
    const hit = findIn(record, parts, matches, isStructure);
    return hit && { record, hit };
  };
}

async function* batchesOf(
  log: Log,
  runId: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly LogItem[], void, void> {
  if (runId === undefined) return yield* log.batches({ signal });
  for await (const item of log.read(runId, { signal })) yield [item];
}

// Of steps that have begun; a record may have a megabyte.
const MAX_WAITING = 1_000;

/** What was found in the beginnings of steps: told only where no end comes, which has it as well. */
class UnfinishedSteps {
  readonly #waiting = new Map<string, FoundStep>();

  /** Takes a beginning; gives those that it has no room for. */
  begin(step: FoundStep): readonly FoundStep[] {
    this.#waiting.set(keyOf(step.record), step);
    if (this.#waiting.size <= MAX_WAITING) return [];
    const [oldest] = this.#waiting;
    if (oldest === undefined) return [];
    this.#waiting.delete(oldest[0]);
    return [oldest[1]];
  }

  end(record: StepRecord): void {
    if (this.#waiting.size > 0) this.#waiting.delete(keyOf(record));
  }

  left(): Iterable<FoundStep> {
    return this.#waiting.values();
  }
}

function keyOf({ run_id, writer, step }: StepRecord): string {
  return JSON.stringify([run_id, writer ?? null, step]);
}
