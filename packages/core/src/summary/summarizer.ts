import type { RunStatus, StepRecord } from "../record.ts";
import type { BadLine } from "../source.ts";
import { boundedName } from "./bounded-name.ts";
import { CallTally } from "./call-tally.ts";
import { StopReasons } from "./stop-reasons.ts";
import type { Summary } from "./summary.ts";
import { mergeTallies, type TallyMap, tallyObject, tallyOf } from "./tally-map.ts";
import { countOf, numberOf, type UntrustedRecord } from "./untrusted-record.ts";

// Some 10 MiB, with ids of 36 characters.
const MAX_RUNS = 100_000;
const MAX_OPEN = 100_000;

// Ends whose beginning is in another part of the log: as many as calls were under way when this
// part began, so far fewer. Calls that have no `step_start` at all fill it up and do no harm.
const MAX_ENDED = 1000;

const STATUSES: readonly RunStatus[] = ["ok", "error", "cancelled"];

// The latest time that a Date can hold, in seconds (ECMAScript, "Time Values and Time Range").
const MAX_TS = 8.64e12;
// In microseconds such a time is off by 512, half of what doubles are apart there; and so is a difference.
const MAX_ROUNDING_SECONDS = 0.01;

/**
 * Sums up records one by one, in memory that does not grow with their number: well below 1 MiB for
 * an agent with a dozen tools.
 *
 * Takes whatever JSON a log may hold: types it does not know and values of a wrong type are passed
 * over, never thrown at; what is not even an object counts as a bad line.
 */
export class Summarizer {
  readonly #byModel: TallyMap = new Map();
  readonly #byTool: TallyMap = new Map();
  readonly #stopReasons: StopReasons = new StopReasons();
  readonly #runs: Set<string> = new Set();
  #lastRun: unknown;
  readonly #open: Set<string> = new Set();
  readonly #ended: Set<string> = new Set();
  #maxEnded = MAX_ENDED;
  #eventCount = 0;
  #droppedCount = 0;
  #badLines = 0;
  // Always numbers, so that they are changed in place.
  #startedAt = Number.POSITIVE_INFINITY;
  #endedAt = Number.NEGATIVE_INFINITY;
  #status: RunStatus | null = null;

  /**
   * One for the records of a single writer, from its first on: the beginning of a step comes before its
   * end, so that ends without one need not be kept for the part of the log that may have it.
   */
  static ofOneWriter(): Summarizer {
    const summarizer = new Summarizer();
    summarizer.#maxEnded = 0;
    return summarizer;
  }

  add(record: StepRecord | BadLine): this;
  add(record: UntrustedRecord): this {
    if (typeof record !== "object" || record === null || record.type === "bad_line") {
      this.#badLines += 1;
      return this;
    }
    this.#addRun(record.run_id);
    this.#addTime(record.ts, record.duration_ms);
    switch (record.type) {
      case "tool_call":
        tallyOf(this.#byTool, record.tool).add(record);
        this.#end(record);
        break;
      case "llm_call":
        tallyOf(this.#byModel, record.model).add(record).addUsage(record);
        if (typeof record.stop_reason === "string") this.#stopReasons.add(record.stop_reason);
        this.#end(record);
        break;
      case "step_start":
        pair(keyOf(record), this.#open, MAX_OPEN, this.#ended);
        break;
      case "event":
        this.#eventCount += 1;
        break;
      case "log_dropped":
        this.#droppedCount += countOf(record.count);
        break;
      case "run_end":
        this.#status = STATUSES.find((status) => status === record.status) ?? this.#status;
    }
    return this;
  }

  /**
   * Adds what another one has summed up, of another file say, as if all its records had been added
   * after those of this one. A call may begin in one of them and end in the other.
   */
  merge(other: Summarizer): this {
    mergeTallies(this.#byModel, other.#byModel);
    mergeTallies(this.#byTool, other.#byTool);
    this.#stopReasons.merge(other.#stopReasons);
    for (const runId of other.#runs) this.#addRun(runId);
    for (const step of other.#open) pair(step, this.#open, MAX_OPEN, this.#ended);
    for (const step of other.#ended) pair(step, this.#ended, MAX_ENDED, this.#open);
    this.#eventCount += other.#eventCount;
    this.#droppedCount += other.#droppedCount;
    this.#badLines += other.#badLines;
    this.#addTime(other.#startedAt);
    this.#addTime(other.#endedAt);
    this.#status = other.#status ?? this.#status;
    return this;
  }

  summary(): Summary {
    const llm = total(this.#byModel).modelSummary();
    const tool = total(this.#byTool).toolSummary();
    const [runId = null] = this.#runs;
    const runs = this.#runs.size;
    const timed = this.#endedAt >= 0;
    return {
      runId: runs === 1 ? runId : null,
      runs,
      totalSteps: llm.calls + tool.calls + this.#eventCount,
      llmCallCount: llm.calls,
      toolCallCount: tool.calls,
      eventCount: this.#eventCount,
      unfinishedCount: this.#open.size,
      totalTokens: llm.tokens.input + llm.tokens.output,
      tokens: llm.tokens,
      llmCallsWithoutUsage: llm.callsWithoutUsage,
      errorCount: llm.errors + tool.errors,
      tokenLimitCount: this.#stopReasons.tokenLimitCount,
      droppedCount: this.#droppedCount,
      badLines: this.#badLines,
      // To the microsecond, about as much as a double holds of Unix seconds.
      durationMs: timed ? Math.round((this.#endedAt - this.#startedAt) * 1e6) / 1e3 : 0,
      startedAt: timed ? this.#startedAt : null,
      endedAt: timed ? this.#endedAt : null,
      status: runs === 1 ? this.#status : null,
      percentiles: { toolCall: tool.durationMs, llmCall: llm.durationMs },
      byModel: tallyObject(this.#byModel, (tally) => tally.modelSummary()),
      byTool: tallyObject(this.#byTool, (tally) => tally.toolSummary()),
      stopReasons: this.#stopReasons.counts(),
    };
  }

  #addRun(runId: unknown): void {
    if (runId === this.#lastRun) return;
    this.#lastRun = runId;
    if (typeof runId === "string" && this.#runs.size < MAX_RUNS) this.#runs.add(boundedName(runId));
  }

  #addTime(ts: unknown, ms: unknown = 0): void {
    // JSON has no -0 to give back: + 0 makes it 0.
    const end = numberOf(ts) + 0;
    if (!(end >= 0 && end <= MAX_TS)) return;
    if (end > this.#endedAt) this.#endedAt = end;
    // Nearly all begin later than the first, by more than what rounding changes.
    const length = numberOf(ms) / 1e3;
    if (end > this.#startedAt && !(end - length <= this.#startedAt + MAX_ROUNDING_SECONDS)) return;
    const start = Math.round(end * 1e6 - numberOf(ms) * 1e3) / 1e6 + 0;
    // A duration that is not known, negative, or longer than there is Unix time, says nothing.
    const begin = start >= 0 && start <= end ? start : end;
    if (begin < this.#startedAt) this.#startedAt = begin;
  }

  #end(record: UntrustedRecord): void {
    // A key is not worth its making where nothing would come of it.
    if (this.#open.size > 0 || this.#ended.size < this.#maxEnded) {
      pair(keyOf(record), this.#ended, this.#maxEnded, this.#open);
    }
  }
}

/** All calls, whatever their name. */
function total(tallies: TallyMap): CallTally {
  const all = new CallTally();
  for (const tally of tallies.values()) all.merge(tally);
  return all;
}

/** What tells a step from others: its writer and number, and the run. */
function keyOf({ run_id, step, writer }: UntrustedRecord): string {
  return `${countOf(step)} ${boundedName(writer)} ${boundedName(run_id)}`;
}

/** Takes out the other half of a step, or else keeps this one until that comes. */
function pair(step: string, halves: Set<string>, max: number, otherHalves: Set<string>): void {
  if (!otherHalves.delete(step) && halves.size < max) halves.add(step);
}
