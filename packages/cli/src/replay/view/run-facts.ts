import type { Summary } from "@step-log/core";
import type { Replay } from "@step-log/replay";
import { cutEnd } from "../../output/cells.ts";
import { duration, plural } from "../../output/figures.ts";
import type { Paint } from "../../output/paint.ts";
import { statusText } from "../../show/times.ts";
import { errorsText, totalsText } from "../../show/totals-text.ts";
import type { OpenRun, StepsPage, StepsView } from "../state/replay-state.ts";

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
  { replay }: OpenRun,
  { view }: StepsPage,
  columns: number,
  paint: Paint,
): string {
  const totals = replay.totals();
  const lines = replay.badLines.length;
  const facts = [
    ...totalsText(totals),
    ...(lines > 0 ? [`${plural(lines, "line")} not read`] : []),
  ];
  const ordered = VIEW_NAMES[view];
  const room = columns - 2 - (ordered === "" ? 0 : ordered.length + 3);
  const text = cutEnd(facts.join(" · "), room);
  const rest = ordered === "" ? "" : ` ${paint.dim("·")} ${paint.bold(ordered)}`;
  const shown = totals.errors > 0 ? withRed(text, errorsText(totals), paint) : paint.dim(text);
  return ` ${shown}${rest}`;
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
