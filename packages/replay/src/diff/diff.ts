import type { Json, TokenCounts } from "@step-log/core";
import type { Replay } from "../replay.ts";
import { fieldOf } from "../run/fields.ts";
import type { ReplayStep } from "../run/replay-step.ts";
import { type CostFunction, usdOf } from "../run/running-totals.ts";
import { comparable, comparedSteps } from "./comparable.ts";
import { compareSteps, type StepChange } from "./compare-steps.ts";
import { ignoreRules } from "./ignore-rules.ts";
import { type Change, jsonChanges } from "./json-changes.ts";

/** Options of `diff`. */
export interface DiffOptions {
  /**
   * Places in a step that may differ, as JSON Pointers into its record, with all that lies inside:
   * `/input/request_id`; `*` stands for any key, `**` for any number of them. Default: none.
   */
  readonly ignore?: readonly string[];
  /** Prices calls of models; `costOf` of `@step-log/usage` is one. Default: costs are left out. */
  readonly costOf?: CostFunction;
}

/** A step of one run beside that of the other. */
export interface StepDiff {
  readonly kind: StepChange;
  /** `null` where it was added. */
  readonly a: ReplayStep | null;
  /** `null` where it was dropped. */
  readonly b: ReplayStep | null;
  /** In what they are not the same, the first 100 places. */
  readonly changes: readonly Change[];
}

/** Something of both runs. */
export interface Both<T> {
  readonly a: T;
  readonly b: T;
}

/** What is not the same in two runs. */
export interface RunDiff {
  readonly runIds: Both<string>;
  /** Whether the agents did the same: the same steps in the same order, and the same end. */
  readonly same: boolean;
  /** The first pair of steps that is not the same, `null` where all are. */
  readonly firstDivergence: StepDiff | null;
  /** All steps in the order of `b`; those that were dropped where they were in `a`. */
  readonly steps: readonly StepDiff[];
  readonly counts: Readonly<Record<StepChange, number>>;
  /** Names of the tools that one of the runs alone called, and of those called in another order. */
  readonly tools: {
    readonly added: readonly string[];
    readonly dropped: readonly string[];
    readonly moved: readonly string[];
  };
  /** In what the headers differ: agent, task type, environment, metadata. */
  readonly header: readonly Change[];
  /** How the runs ended, `null` where they have not. */
  readonly status: Both<string | null>;
  readonly tokens: Both<TokenCounts>;
  readonly durationMs: Both<number>;
  /** US dollars, `null` without `costOf`, and where the price of no call is known. */
  readonly costUsd: Both<number | null> | null;
}

/**
 * Compares two runs by what their steps are, not by where they stand.
 *
 * Steps belong together that were given the same; else those of the same type and tool, event or
 * model. Ids, times, tokens and durations of steps make no difference; those of the runs are told.
 *
 * @throws TypeError for options that cannot be meant
 */
export function diff(a: Replay, b: Replay, options: DiffOptions = {}): RunDiff {
  const { ignore, costOf } = options;
  const isIgnored = ignoreRules(ignore);
  const [left, right] = [comparedSteps(a.steps), comparedSteps(b.steps)];
  const pairs = compareSteps(
    left.map((it) => comparable(it)),
    right.map((it) => comparable(it)),
    isIgnored,
  );
  const steps = pairs.map(
    (it): StepDiff => ({
      kind: it.kind,
      a: left[it.a] ?? null,
      b: right[it.b] ?? null,
      changes: it.changes,
    }),
  );
  const counts = { same: 0, changed: 0, moved: 0, added: 0, dropped: 0 };
  for (const { kind } of steps) counts[kind]++;
  const [summaryA, summaryB] = [a.summary(), b.summary()];
  const status = { a: summaryA.status, b: summaryB.status };
  return {
    runIds: { a: a.runId, b: b.runId },
    same: counts.same === steps.length && status.a === status.b,
    firstDivergence: steps.find(({ kind }) => kind !== "same") ?? null,
    steps,
    counts,
    tools: toolChanges(a, b, steps),
    header: jsonChanges(headerOf(a), headerOf(b), isIgnored),
    status,
    tokens: { a: summaryA.tokens, b: summaryB.tokens },
    durationMs: { a: summaryA.durationMs, b: summaryB.durationMs },
    costUsd: costOf === undefined ? null : { a: costOfRun(a, costOf), b: costOfRun(b, costOf) },
  };
}

function toolChanges(a: Replay, b: Replay, steps: readonly StepDiff[]): RunDiff["tools"] {
  const [before, after] = [toolsOf(a), toolsOf(b)];
  const moved = new Set<string>();
  for (const { kind, b: step } of steps) {
    if (kind === "moved" && step?.type === "tool_call") moved.add(step.name ?? "");
  }
  return {
    added: [...after].filter((tool) => !before.has(tool)),
    dropped: [...before].filter((tool) => !after.has(tool)),
    moved: [...moved],
  };
}

function toolsOf({ steps }: Replay): Set<string> {
  const calls = steps.filter(({ type }) => type === "tool_call");
  return new Set(calls.map(({ name }) => name ?? ""));
}

const HEADER = ["agent", "task_type", "environment", "metadata"];

function headerOf({ steps }: Replay): Json {
  const record = steps.find(({ type }) => type === "run_start")?.record ?? {};
  return Object.fromEntries(HEADER.map((key) => [key, (fieldOf(record, key) ?? null) as Json]));
}

function costOfRun({ steps }: Replay, costOf: CostFunction): number | null {
  let sum: number | null = null;
  for (const { record } of steps) {
    if (record.type !== "llm_call") continue;
    const usd = usdOf(record, costOf);
    if (usd !== null) sum = (sum ?? 0) + usd;
  }
  return sum === null ? null : Math.round(sum * 1e9) / 1e9;
}
