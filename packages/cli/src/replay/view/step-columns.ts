import { safe } from "@step-log/core";
import type { CostFunction, Replay } from "@step-log/replay";
import { widthOf } from "../../output/cells.ts";
import { count, duration, plural, usd } from "../../output/figures.ts";
import { field, textField } from "../../show/fields.ts";
import { aboutStep, kindOf, kindTone, tokensOf } from "../../show/step-facts.ts";
import { priceOf } from "../../show/step-lines.ts";
import { afterMs } from "../../show/times.ts";
import type { OpenRun, ReplayState, StepsPage } from "../state/replay-state.ts";
import type { StepRow } from "../state/step-rows.ts";
import type { RowColumn } from "./row-layout.ts";

/** The columns of the list of steps, as wide as the run needs them, so that they stand still while one pages. */
export function stepColumns(
  { costOf }: ReplayState,
  run: OpenRun | undefined,
  { view }: StepsPage,
): readonly RowColumn<StepRow>[] {
  const widest = run === undefined ? NONE : widestOf(run.replay);
  const hasCost = run !== undefined && run.replay.totals().costUsd !== null;
  return [
    {
      name: "step",
      width: Math.max(4, String(widest.number).length),
      align: "right",
      text: ({ step }) => (step === null ? "" : String(step.number)),
      tone: () => "dim",
    },
    ...(view === "tree" ? [TREE] : [TYPE, nameColumn(widest.name)]),
    {
      name: "about",
      grows: 3,
      min: 24,
      text: ({ step, replay }) => (step === null ? aboutRun(replay) : aboutStep(step)),
      tone: ({ step }) => (step?.state === "failed" ? "bad" : "text"),
    },
    {
      name: "after",
      width: 9,
      align: "right",
      leaveOut: 2,
      text: ({ step, replay }) => (step === null ? "" : duration(afterMs(replay, step))),
      tone: () => "dim",
    },
    {
      name: "took",
      width: 9,
      align: "right",
      text: ({ step }) => (step?.durationMs == null ? "" : duration(step.durationMs)),
    },
    ...(widest.tokens === 0 ? [] : [tokensColumn(widest.tokens)]),
    ...(hasCost ? [costColumn(costOf)] : []),
  ];
}

const TYPE: RowColumn<StepRow> = {
  name: "type",
  width: 5,
  text: ({ step }) => (step === null ? "run" : kindOf(step)),
  tone: toneOf,
};

// Longer names are cut: MCP's have the server's name in front.
const MAX_NAME = 30;

function nameColumn(widest: number): RowColumn<StepRow> {
  return {
    name: "name",
    grows: 2,
    min: 10,
    max: () => Math.min(widest, MAX_NAME),
    // Of a model the family tells most, of a tool the end.
    cut: ({ step }) => (step?.type === "llm_call" ? "end" : "middle"),
    text: ({ step, depth }) => `${"  ".repeat(Math.min(depth, MAX_INDENT))}${step?.name ?? "-"}`,
    tone: toneOf,
  };
}

const MAX_INDENT = 5;

const TREE: RowColumn<StepRow> = {
  name: "what ran inside what",
  grows: 6,
  min: 20,
  max: (rows) => Math.max(20, ...rows.map((row) => widthOf(safe(treeText(row))))),
  text: treeText,
  tone: toneOf,
};

function toneOf({ step }: StepRow): ReturnType<typeof kindTone> {
  return step === null ? "accent" : kindTone(step);
}

/** `├─ tool search`, with a mark on those that ran beside others. */
function treeText({ guide, step, replay, inside, isFolded, isParallel }: StepRow): string {
  const fold = inside === 0 ? "" : isFolded ? "▸ " : "▾ ";
  const beside = isParallel ? "║ " : "";
  const what =
    step === null ? `run ${agentOf(replay)}` : [kindOf(step), step.name].filter(Boolean).join(" ");
  return `${guide}${fold}${beside}${what}`;
}

function agentOf(replay: Replay): string {
  const start = replay.at(0);
  const agent = start === undefined ? undefined : field(start.record, "agent");
  return typeof agent === "object" && agent !== null ? (textField(agent, "name") ?? "") : "";
}

function aboutRun(replay: Replay): string {
  return `${plural(replay.length, "step")}, ${replay.runId}`;
}

function tokensColumn(most: number): RowColumn<StepRow> {
  return {
    name: "tokens",
    width: Math.max(6, count(most).length),
    align: "right",
    text: ({ step }) => (step?.type === "llm_call" ? count(tokensOf(step)) : ""),
  };
}

function costColumn(costOf: CostFunction): RowColumn<StepRow> {
  return {
    name: "cost",
    width: 8,
    align: "right",
    leaveOut: 1,
    text: ({ step }) => (step?.record.type === "llm_call" ? usd(priceOf(step.record, costOf)) : ""),
  };
}

/** What the columns have to hold. */
interface Widest {
  /** How many steps were looked at for it. */
  readonly steps: number;
  readonly number: number;
  readonly name: number;
  readonly tokens: number;
}

const NONE: Widest = { steps: 0, number: 0, name: 4, tokens: 0 };
const kept = new WeakMap<Replay, Widest>();

function widestOf(replay: Replay): Widest {
  const { steps } = replay;
  let known = kept.get(replay) ?? NONE;
  for (const step of known.steps === steps.length ? [] : steps.slice(known.steps)) {
    const { number, name, tokens } = known;
    known = {
      steps: steps.length,
      number: Math.max(number, step.number),
      name: Math.max(name, step.name?.length ?? 0),
      tokens: Math.max(tokens, tokensOf(step) ?? 0),
    };
  }
  kept.set(replay, known);
  return known;
}
