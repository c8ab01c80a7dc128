import type { Summary } from "@step-log/core";
import type { Replay, StepTotals } from "@step-log/replay";
import { count, duration, plural, usd } from "../output/figures.ts";
import type { Paint } from "../output/paint.ts";
import { statusText } from "../show/times.ts";
import { cutEnd } from "../terminal/cells.ts";
import type { OpenRun, StepsPage, StepsView } from "./replay-state.ts";

/** How the run stands: `failed, 12 s` */
export function runStatus(run: OpenRun): string {
  if (!run.isComplete) return `reading, ${plural(run.length, "step")} so far`;
  const { status, startedAt, durationMs } = summaryOf(run);
  return statusText(status, startedAt, duration(durationMs));
}

type Known = Pick<Summary, "status" | "startedAt" | "durationMs"> & { readonly version: number };

const summaries = new WeakMap<Replay, Known>();

function summaryOf({ replay, version }: OpenRun): Known {
  const known = summaries.get(replay);
  if (known?.version === version) return known;
  const { status, startedAt, durationMs } = replay.summary();
  const made = { version, status, startedAt, durationMs };
  summaries.set(replay, made);
  return made;
}

/** What a run came to, in a line under the breadcrumbs. */
export function factsLine(
  run: OpenRun,
  { view }: StepsPage,
  columns: number,
  paint: Paint,
): string {
  const { llmCalls, toolCalls, errors, costUsd, unpricedCalls } = run.replay.totals();
  const facts = [
    plural(llmCalls, "model call"),
    plural(toolCalls, "tool call"),
    plural(errors, "error"),
    ...(llmCalls === 0 ? [] : [tokensText(run.replay.totals())]),
    ...(costUsd === null ? [] : [`${usd(costUsd)}${unpricedCalls > 0 ? "+" : ""}`]),
    ...(run.replay.badLines.length > 0
      ? [`${plural(run.replay.badLines.length, "line")} not read`]
      : []),
  ];
  const ordered = VIEW_NAMES[view];
  const text = cutEnd(facts.join(" · "), columns - 2 - (ordered === "" ? 0 : ordered.length + 3));
  const rest = ordered === "" ? "" : ` ${paint.dim("·")} ${paint.bold(ordered)}`;
  return ` ${errors > 0 ? withRed(text, plural(errors, "error"), paint) : paint.dim(text)}${rest}`;
}

function tokensText({ tokens, llmCalls, llmCallsWithoutUsage }: StepTotals): string {
  if (llmCallsWithoutUsage === llmCalls) return "tokens not known";
  return `${count(tokens.input)} tokens in, ${count(tokens.output)} out`;
}

function withRed(text: string, part: string, paint: Paint): string {
  const at = text.indexOf(part);
  if (at === -1) return paint.dim(text);
  const end = at + part.length;
  return paint.dim(text.slice(0, at)) + paint.red(part) + paint.dim(text.slice(end));
}

const VIEW_NAMES: Readonly<Record<StepsView, string>> = {
  list: "",
  tree: "as a tree",
  slowest: "slowest first",
  tokens: "most tokens first",
  errors: "errors only",
};
