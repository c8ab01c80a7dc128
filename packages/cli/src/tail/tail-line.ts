import { type StepRecord, safe } from "@step-log/core";
import { failureOf } from "../errors/failure.ts";
import type { LogItem } from "../locations/log-item.ts";
import { cutPainted, widthOf } from "../output/cells.ts";
import { count, duration, time } from "../output/figures.ts";
import type { Paint } from "../output/paint.ts";
import { shortRunId } from "../output/short-run-id.ts";
import { shortText } from "../output/short-text.ts";
import { stepName } from "../step-name.ts";

/** How lines are laid out. */
export interface TailLineOptions {
  readonly paint: Paint;
  /** Cells in a line; longer ones are cut. */
  readonly columns: number;
}

// Widths of columns that stand below each other; what is longer moves the rest of its line.
const RUN = 13;
const STEP = 4;
const TIME = 8;
// Of tools and models; of stop reasons and tasks.
const NAME = 24;
const SHORT_NAME = 14;
// Terminals with less leave out the day, and give names less room, so that how a step ended fits in.
const WIDE = 110;
// Of an error; the terminal cuts it again.
const MESSAGE = 300;

/** A record in one line: `11-22 18:45:00  run-abc123     #2  tool   search_documents    240 ms  ok` */
export function tailLine(item: LogItem, { paint, columns }: TailLineOptions): string {
  const text =
    item.type === "bad_line" ? badLine(item, paint) : stepLine(item, paint, columns >= WIDE);
  return cutPainted(text.trimEnd(), columns);
}

function badLine(
  { location, offset, reason }: Extract<LogItem, { type: "bad_line" }>,
  { yellow }: Paint,
): string {
  return yellow(`not read: ${safe(location ?? "")} at byte ${offset}: ${safe(reason)}`);
}

function stepLine(record: StepRecord, paint: Paint, isWide: boolean): string {
  const when = time(record.ts).slice((isWide ? "2026-" : "2026-11-22 ").length);
  const width = isWide ? NAME : SHORT_NAME;
  const run = shortRunId(record.run_id, RUN);
  const name = record.type === "run_end" ? "" : (stepName(record) ?? "");
  const begun = record.type === "step_start";
  const line = [
    paint.dim(when),
    paint.cyan(filled(run, RUN)),
    filled(`#${record.step}`, -STEP),
    filled(kindOf(record), 5),
    filled(shortText(name, width, "middle"), width),
    filled(begun ? "…" : durationOf(record), -TIME),
    ...stateOf(record, paint, isWide),
  ].join("  ");
  return begun ? paint.dim(line) : line;
}

/** A negative width has the text on the right. */
function filled(text: string, width: number): string {
  const space = " ".repeat(Math.max(0, Math.abs(width) - widthOf(text)));
  return width < 0 ? space + text : text + space;
}

function kindOf(record: StepRecord): string {
  switch (record.type) {
    case "llm_call":
      return "model";
    case "tool_call":
      return "tool";
    case "run_start":
    case "run_end":
      return "run";
    case "step_start":
      return record.of === "llm_call" ? "model" : "tool";
    case "wire_call":
      return "wire";
    case "event":
      return "event";
    case "log_dropped":
      return "lost";
    default:
      return shortText((record as { type: string }).type, 12);
  }
}

function durationOf(record: StepRecord): string {
  const ms: unknown = "duration_ms" in record ? record.duration_ms : null;
  return typeof ms === "number" ? duration(ms) : "";
}

function stateOf(
  record: StepRecord,
  { red, green, yellow, dim }: Paint,
  isWide: boolean,
): readonly string[] {
  const failure = failureOf(record);
  if (failure !== undefined) {
    const { type, message } = failure;
    return [red(shortText([type, message].filter(Boolean).join(": ") || "error", MESSAGE))];
  }
  switch (record.type) {
    case "llm_call": {
      const { input_tokens, output_tokens, stop_reason } = record;
      const tokens = `${figure(input_tokens)} → ${figure(output_tokens)}${isWide ? " tokens" : ""}`;
      const stop = typeof stop_reason === "string" ? [dim(shortText(stop_reason, NAME))] : [];
      return [tokens, ...stop];
    }
    case "run_start":
      return [green("begins"), shortText(taskOf(record), 2 * NAME)];
    case "run_end":
      return [(record.status === "ok" ? green : yellow)(shortText(`ended ${record.status}`, NAME))];
    case "tool_call":
      return [green("ok")];
    case "log_dropped":
      return [red(`${figure(record.count)} records lost`)];
    case "wire_call":
      return [shortText(`${record.response?.status ?? record.outcome}`, NAME)];
    default:
      return [];
  }
}

function figure(value: unknown): string {
  return typeof value === "number" ? count(value) : "-";
}

function taskOf({ task_type }: { readonly task_type?: unknown }): string {
  return typeof task_type === "string" ? task_type : "";
}
