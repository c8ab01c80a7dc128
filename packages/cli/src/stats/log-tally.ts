import {
  type BadLine,
  DurationSeries,
  type DurationState,
  isTokenLimit,
  type RunStatus,
  type StepRecord,
} from "@step-log/core";
import type { ScannedRecord, ScanVisitor } from "@step-log/fs-sink/scan";
import { type Calendar, type CallCost, calendar, costOf, type PriceOptions } from "@step-log/usage";
import { isWithin, type Period } from "../period.ts";
import { nameOf, OTHER, valueAt } from "./bounded-map.ts";
import { addCall, type CallCounts, type CallSums, callSums, mergeSums } from "./call-sums.ts";
import { beginStep, endRun, endStep, mergeRun, type RunSums, runSums } from "./run-sums.ts";

/** What is asked of a log. Plain data, that another thread can be given. */
export interface TallyQuestion {
  /** Only records of this time count. */
  readonly period: Period;
  /** Whose days it has. */
  readonly timeZone: string;
  readonly prices: PriceOptions;
}

/** The calls of one tool, or of one model, and how long they took. */
export interface TimedCalls {
  readonly sums: CallSums;
  readonly durations: DurationSeries;
}

/** What was on one day. */
export interface DaySums {
  readonly llm: CallSums;
  toolCalls: number;
  toolErrors: number;
}

type Timed<Durations> = readonly (readonly [name: string, sums: CallSums, durations: Durations])[];

/** What a tally holds, as plain data: to hand it to another thread. */
export interface TallyState {
  readonly tools: Timed<DurationState>;
  readonly models: Timed<DurationState>;
  readonly providers: ReadonlyMap<string, CallSums>;
  readonly days: ReadonlyMap<string, DaySums>;
  readonly stopReasons: ReadonlyMap<string, number>;
  readonly unpricedReasons: ReadonlyMap<string, number>;
  readonly runs: ReadonlyMap<string, RunSums>;
  readonly dropped: number;
  readonly badLines: number;
}

const MAX_NAMES = 1000;
const MAX_DAYS = 10_000;

/** So many runs are told apart, in some 60 MB a thread; the rest is summed up in `(other)`. */
export const MAX_RUNS = 100_000;

// Begun and never ended: 100,000 numbers are below 1 MB.
const MAX_OPEN = 100_000;
// In each part of a file, ends whose beginning is in the part before: as many as calls were under way.
const MAX_ENDED = 1000;

const STATUSES: readonly (string | null | undefined)[] = ["ok", "error", "cancelled"];

// The latest time that a Date can hold, in seconds (ECMAScript, "Time Values and Time Range").
const MAX_TS = 8.64e12;

/**
 * Sums up a log, record by record, in memory that does not grow with it. What several threads have
 * summed up of parts of it, in whatever order, comes to the same when it is merged.
 */
export class LogTally implements ScanVisitor {
  readonly tools: Map<string, TimedCalls> = new Map();
  readonly models: Map<string, TimedCalls> = new Map();
  readonly providers: Map<string, CallSums> = new Map();
  readonly days: Map<string, DaySums> = new Map();
  /** Calls of models by stop reason. */
  readonly stopReasons: Map<string, number> = new Map();
  /** Calls without a price, by why. */
  readonly unpricedReasons: Map<string, number> = new Map();
  /** By id; beyond `MAX_RUNS`, what others did is under `(other)`. */
  readonly runs: Map<string, RunSums> = new Map();
  dropped = 0;
  badLines = 0;
  readonly #period: Period;
  readonly #prices: PriceOptions;
  readonly #dayOf: Calendar;
  readonly #call = emptyCall();
  readonly #counts: { -readonly [Key in keyof CallCounts]: CallCounts[Key] } = {
    input: 0,
    output: 0,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
    isError: false,
  };
  #lastRunId: string | undefined;
  #lastRun: RunSums = runSums();
  #lastDay: string | undefined;
  #lastDaySums: DaySums = daySums();
  #openCount = 0;
  // How many ends without a beginning may still be kept of this part.
  #endedLeft = MAX_ENDED;

  constructor({ period, prices, timeZone }: TallyQuestion) {
    this.#period = period;
    this.#prices = prices;
    this.#dayOf = calendar(timeZone);
  }

  /** Hears that another part of the log begins, and whether its first calls may have begun in another one. */
  beginPart(isOneOfSeveral: boolean): void {
    this.#endedLeft = isOneOfSeveral ? MAX_ENDED : 0;
  }

  badLine(_line: BadLine): void {
    this.badLines++;
  }

  record(record: ScannedRecord, whole: () => StepRecord): void {
    const { ts, type } = record;
    if (!isWithin(this.#period, ts)) return;
    const run = this.#runOf(record.run_id);
    addTime(run, ts, record.duration_ms);
    switch (type) {
      case "llm_call":
        this.#addLlmCall(record, run, whole);
        break;
      case "tool_call":
        this.#addToolCall(record, run);
        break;
      case "step_start":
        if (this.#openCount < MAX_OPEN && beginStep(run, stepOf(record))) this.#openCount++;
        break;
      case "event":
        run.events++;
        break;
      case "log_dropped":
        this.dropped += countOrNone(record.count) || 0;
        break;
      case "run_start":
        startRun(run, whole());
        break;
      case "run_end":
        if (STATUSES.includes(record.status)) endRun(run, record.status as RunStatus, ts);
    }
  }

  /** Adds what another tally held, and takes it over. */
  merge(other: TallyState): void {
    for (const [name, sums, durations] of other.tools)
      mergeTimed(this.tools, name, sums, durations);
    for (const [name, sums, durations] of other.models)
      mergeTimed(this.models, name, sums, durations);
    for (const [name, sums] of other.providers)
      mergeSums(valueAt(this.providers, name, MAX_NAMES, callSums), sums);
    for (const [day, sums] of other.days) {
      const into = valueAt(this.days, day, MAX_DAYS, daySums);
      mergeSums(into.llm, sums.llm);
      into.toolCalls += sums.toolCalls;
      into.toolErrors += sums.toolErrors;
    }
    for (const [reason, calls] of other.stopReasons) addCount(this.stopReasons, reason, calls);
    for (const [reason, calls] of other.unpricedReasons)
      addCount(this.unpricedReasons, reason, calls);
    for (const [runId, run] of other.runs) {
      if (this.runs.has(runId) || this.runs.size >= MAX_RUNS) mergeRun(this.#runOf(runId), run);
      else this.runs.set(runId, run);
    }
    this.dropped += other.dropped;
    this.badLines += other.badLines;
  }

  /** What it holds; good until the next record. */
  state(): TallyState {
    const { providers, days, stopReasons, unpricedReasons, runs, dropped, badLines } = this;
    return {
      tools: timedStates(this.tools),
      models: timedStates(this.models),
      ...{ providers, days, stopReasons, unpricedReasons, runs, dropped, badLines },
    };
  }

  #runOf(runId: string): RunSums {
    if (runId === this.#lastRunId) return this.#lastRun;
    const name = nameOf(runId);
    this.#lastRunId = runId;
    this.#lastRun = valueAt(this.runs, name, MAX_RUNS, runSums);
    return this.#lastRun;
  }

  #addLlmCall(record: ScannedRecord, run: RunSums, whole: () => StepRecord): void {
    const counts = this.#counts;
    counts.input = countOrNone(record.input_tokens);
    counts.output = countOrNone(record.output_tokens);
    counts.cacheRead = countOrNone(record.cache_read_tokens);
    counts.cacheWrite = countOrNone(record.cache_write_tokens);
    counts.reasoning = countOrNone(record.reasoning_tokens);
    counts.isError = isError(record);
    const cost = this.#costOf(record, whole);
    const model = valueAt(this.models, nameOf(record.model), MAX_NAMES, timedCalls);
    const provider = nameOf(record.provider || cost.price?.provider);
    addCall(model.sums, counts, cost);
    model.durations.add(record.duration_ms);
    addCall(valueAt(this.providers, provider, MAX_NAMES, callSums), counts, cost);
    addCall(this.#dayAt(record.ts).llm, counts, cost);
    addCall(run.llm, counts, cost);
    if (cost.reason !== null) addCount(this.unpricedReasons, cost.reason, 1);
    const reason = record.stop_reason;
    if (typeof reason === "string") {
      addCount(this.stopReasons, nameOf(reason), 1);
      if (isTokenLimit(reason)) run.limitHits++;
    }
    this.#end(record, run);
  }

  #addToolCall(record: ScannedRecord, run: RunSums): void {
    const { sums, durations } = valueAt(this.tools, nameOf(record.tool), MAX_NAMES, timedCalls);
    const day = this.#dayAt(record.ts);
    const errors = isError(record) ? 1 : 0;
    sums.calls++;
    sums.errors += errors;
    durations.add(record.duration_ms);
    day.toolCalls++;
    day.toolErrors += errors;
    run.toolCalls++;
    run.toolErrors += errors;
    this.#end(record, run);
  }

  #costOf(record: ScannedRecord, whole: () => StepRecord): CallCost {
    // The provider's own counts, and the tier of service, decide on the price, too.
    if (record.usage || record.tags) return costOf(whole() as Call, this.#prices);
    const call = this.#call;
    call.model = record.model ?? null;
    call.provider = record.provider ?? null;
    call.ts = record.ts;
    call.input_tokens = orNull(record.input_tokens);
    call.output_tokens = orNull(record.output_tokens);
    call.cache_read_tokens = orNull(record.cache_read_tokens);
    call.cache_write_tokens = orNull(record.cache_write_tokens);
    call.reasoning_tokens = orNull(record.reasoning_tokens);
    // All that is looked at.
    return costOf(call as Call, this.#prices);
  }

  #dayAt(ts: number): DaySums {
    const day = this.#dayOf(ts);
    if (day !== this.#lastDay) {
      this.#lastDay = day;
      this.#lastDaySums = valueAt(this.days, day, MAX_DAYS, daySums);
    }
    return this.#lastDaySums;
  }

  #end(record: ScannedRecord, run: RunSums): void {
    // A step is not worth naming where nothing would come of it.
    if (this.#endedLeft === 0 && (run.open === null || run.open.size === 0)) return;
    if (endStep(run, stepOf(record), this.#endedLeft > 0)) this.#openCount--;
    else if (this.#endedLeft > 0) this.#endedLeft--;
  }
}

type Call = Parameters<typeof costOf>[0];

/** What a price needs of a call. */
interface PricedCall {
  model: string | null;
  provider: string | null;
  ts: number;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  reasoning_tokens: number | null;
}

function emptyCall(): PricedCall {
  const tokens = { input_tokens: null, output_tokens: null, cache_read_tokens: null };
  const more = { cache_write_tokens: null, reasoning_tokens: null };
  return { model: null, provider: null, ts: 0, ...tokens, ...more };
}

function timedCalls(): TimedCalls {
  return { sums: callSums(), durations: new DurationSeries() };
}

function daySums(): DaySums {
  return { llm: callSums(), toolCalls: 0, toolErrors: 0 };
}

function mergeTimed(
  map: Map<string, TimedCalls>,
  name: string,
  sums: CallSums,
  durations: DurationState,
): void {
  const into = valueAt(map, name, MAX_NAMES, timedCalls);
  mergeSums(into.sums, sums);
  into.durations.merge(DurationSeries.of(durations));
}

function timedStates(map: ReadonlyMap<string, TimedCalls>): Timed<DurationState> {
  return [...map].map(([name, { sums, durations }]) => [name, sums, durations.state()]);
}

function addCount(map: Map<string, number>, given: string, calls: number): void {
  const name = map.has(given) || map.size < MAX_NAMES ? given : OTHER;
  map.set(name, (map.get(name) ?? 0) + calls);
}

/** As a summary has it: a duration that says nothing is passed over. */
function addTime(run: RunSums, ts: number, ms: number): void {
  const end = ts + 0;
  if (!(end >= 0 && end <= MAX_TS)) return;
  const start = Math.round(end * 1e6 - ms * 1e3) / 1e6 + 0;
  const begin = start >= 0 && start <= end ? start : end;
  if (begin < run.begin) run.begin = begin;
  if (end > run.end) run.end = end;
}

function startRun(run: RunSums, record: StepRecord): void {
  if (record.type !== "run_start") return;
  const { agent, task_type: taskType, parent_run_id: parent } = record as object as Untrusted;
  const name = typeof agent === "object" && agent !== null && (agent as Untrusted)["name"];
  if (typeof name === "string") run.agent ??= nameOf(name);
  if (typeof taskType === "string") run.taskType ??= nameOf(taskType);
  if (typeof parent === "string") run.parentRunId ??= nameOf(parent);
}

type Untrusted = { readonly [Key in string]?: unknown };

function stepOf({ step, writer }: ScannedRecord): number | string {
  return typeof writer === "string" ? `${nameOf(writer)} ${step}` : step;
}

function isError({ error }: ScannedRecord): boolean {
  return error !== null && error !== undefined;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** A count that can be one, else NaN. */
function countOrNone(value: number): number {
  return Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN;
}
