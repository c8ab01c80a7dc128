import { type Json, StepLogError, safe, type ToolCallRecord } from "@step-log/core";
import { canonicalJson } from "../canonical-json.ts";
import { type Change, jsonChanges } from "../diff/json-changes.ts";
import type { Replay } from "../replay.ts";
import { fieldOf } from "../run/fields.ts";
import type { ReplayStep } from "../run/replay-step.ts";
import { recordedError } from "./recorded-error.ts";
import { type RecordingOptions, recordedInput } from "./recorded-input.ts";

/**
 * How a call is not as it was recorded: a tool that was not called, another input than any it was
 * given, one more call with the same input, a call that never ended, or one out of turn.
 */
export type DivergenceKind =
  | "unknown_tool"
  | "other_input"
  | "called_again"
  | "unfinished"
  | "order";

/** Where an agent left the recorded path. */
export interface Divergence {
  readonly kind: DivergenceKind;
  readonly tool: string;
  /** What the tool was given, as a log would have it. */
  readonly input: Json;
  /** How many calls had been answered before. */
  readonly answered: number;
  /** The recorded call that would have been next: of the tool if it has one left, else of any. */
  readonly expected: ReplayStep | null;
  /** In what the input differs from that of the expected call, where that is one of the same tool. */
  readonly changes: readonly Change[];
}

/** Options of `replayTools`. */
export interface ReplayToolsOptions {
  /**
   * What answers a call: one that was given the same, or, where none was, the next of the same tool.
   * @defaultValue "input"
   */
  readonly match?: "input" | "order";
  /**
   * Answers a call that was not recorded: what it gives or throws is what the tool does. Default:
   * StepLogError `REPLAY_DIVERGED`.
   */
  readonly onDivergence?: (divergence: Divergence) => unknown;
  /** How the run was recorded, where `redact` or `payload` were not the default. */
  readonly recording?: RecordingOptions;
}

/** A tool that gives what was recorded. */
export type RecordedTool = (...args: readonly unknown[]) => Promise<unknown>;

/** The tools of a recorded run. */
export interface RecordedTools {
  /** By name, without a prototype. One argument is the input, several are a list, as in `wrapTool`. */
  readonly tools: Readonly<Record<string, RecordedTool>>;
  /** Answers a call of any name. */
  call(tool: string, input: unknown): Promise<unknown>;
  /** Where the recorded path was left, the first 1,000 times; empty as long as it was not. */
  readonly divergences: readonly Divergence[];
  /** How many of the recorded calls were made. */
  readonly answered: number;
  /** The recorded calls that nobody has made. */
  unused(): readonly ReplayStep[];
}

const MAX_DIVERGENCES = 1000;

/**
 * Plays back what tools gave, so that a changed agent can be tried on a run of yesterday: by tool and
 * input, several calls with the same input in the order in which they began. Errors are thrown again.
 *
 * Outputs are as the log has them: credentials replaced, long ones cut. Order decides nothing, since
 * parallel calls come as they like; a call out of turn is noted among `divergences`.
 *
 * @throws TypeError for options that cannot be meant
 */
export function replayTools(run: Replay, options: ReplayToolsOptions = {}): RecordedTools {
  const { match = "input", onDivergence, recording } = options;
  if (match !== "input" && match !== "order") {
    throw new TypeError(`replayTools: match must be "input" or "order", got ${String(match)}`);
  }
  if (onDivergence !== undefined && typeof onDivergence !== "function") {
    throw new TypeError(`replayTools: onDivergence must be a function, got ${typeof onDivergence}`);
  }
  const calls = run.steps.filter(({ type }) => type === "tool_call");
  const byTool = new Map<string, Queue>();
  const byInput = new Map<string, Queue>();
  for (const call of calls) {
    queueOf(byTool, call.name ?? "").calls.push(call);
    queueOf(byInput, keyOf(call.name ?? "", inputOf(call))).calls.push(call);
  }
  const inTurn: Queue = { calls, from: 0 };
  const used = new Set<ReplayStep>();
  const divergences: Divergence[] = [];
  const asRecorded = recordedInput(recording);

  const note = (kind: DivergenceKind, tool: string, input: Json): Divergence => {
    const ofTool = byTool.get(tool);
    const expected = (ofTool && next(ofTool, used)) ?? next(inTurn, used) ?? null;
    const isSame = expected !== null && expected.name === tool;
    const changes = isSame ? jsonChanges(inputOf(expected), input, () => false) : [];
    const divergence = { kind, tool, input, answered: used.size, expected, changes };
    if (divergences.length < MAX_DIVERGENCES) divergences.push(divergence);
    return divergence;
  };

  const leave = (divergence: Divergence): unknown => {
    if (onDivergence === undefined) throw diverged(run, divergence);
    return onDivergence(divergence);
  };

  const give = (step: ReplayStep, tool: string, input: Json): unknown => {
    const divergence = step.state === "unfinished" ? note("unfinished", tool, input) : undefined;
    used.add(step);
    if (divergence !== undefined) return leave(divergence);
    const record = step.record as ToolCallRecord;
    if (step.state === "failed") throw recordedError(record);
    // A copy, since the agent may change what it gets.
    return structuredClone(fieldOf(record, "output") ?? null);
  };

  const call = async (tool: string, given: unknown): Promise<unknown> => {
    const input = asRecorded(given);
    const same = byInput.get(keyOf(tool, input));
    const step = same && next(same, used);
    if (step !== undefined) {
      if (step !== next(inTurn, used)) note("order", tool, input);
      return give(step, tool, input);
    }
    const known = same === undefined ? "other_input" : "called_again";
    const divergence = note(byTool.has(tool) ? known : "unknown_tool", tool, input);
    const { expected } = divergence;
    return match === "order" && expected?.name === tool
      ? give(expected, tool, input)
      : leave(divergence);
  };

  const tools: Record<string, RecordedTool> = Object.create(null);
  for (const name of byTool.keys()) {
    tools[name] = (...args) => call(name, args.length > 1 ? args : args[0]);
  }
  return {
    tools,
    call,
    divergences,
    get answered() {
      return used.size;
    },
    unused: () => calls.filter((step) => !used.has(step)),
  };
}

/** Calls in the order in which they began; those before `from` have been made. */
type Queue = { readonly calls: ReplayStep[]; from: number };

function queueOf(queues: Map<string, Queue>, key: string): Queue {
  const queue = queues.get(key) ?? { calls: [], from: 0 };
  queues.set(key, queue);
  return queue;
}

/** The first call that has not been made. */
function next(queue: Queue, used: ReadonlySet<ReplayStep>): ReplayStep | undefined {
  let call = queue.calls[queue.from];
  while (call !== undefined && used.has(call)) call = queue.calls[++queue.from];
  return call;
}

function inputOf({ record }: ReplayStep): Json {
  return (fieldOf(record, "input") ?? null) as Json;
}

function keyOf(tool: string, input: Json): string {
  return canonicalJson([tool, input]);
}

const WHAT: Readonly<Record<DivergenceKind, string>> = {
  unknown_tool: "a tool that was not called in the recorded run",
  other_input: "with an input that it was not given in the recorded run",
  called_again: "more often with this input than in the recorded run",
  unfinished: "and the recorded call never ended",
  order: "out of turn",
};

function diverged(run: Replay, divergence: Divergence): StepLogError {
  const { kind, tool, answered, expected } = divergence;
  const after = `after ${answered} recorded calls`;
  const instead = expected === null ? "" : `; step ${expected.number}, ${expected.name}, was next`;
  const message = `run ${run.runId}: ${tool} was called ${after}, ${WHAT[kind]}${instead}`;
  return new StepLogError("REPLAY_DIVERGED", safe(message), { details: { ...divergence } });
}
