import type { ReplayStep } from "@step-log/replay";
import { count } from "../output/figures.ts";
import type { Tone } from "../terminal/line.ts";
import { brief } from "./brief.ts";
import { field, numberField, textField } from "./fields.ts";
import { messageText } from "./message-text.ts";

const KINDS: Readonly<Record<string, string>> = {
  llm_call: "llm",
  tool_call: "tool",
  run_start: "start",
  run_end: "end",
  wire_call: "wire",
  log_dropped: "lost",
};

/** The type of a step, in a word: `llm`, `tool`, `event`. */
export function kindOf({ type }: Pick<ReplayStep, "type">): string {
  return KINDS[type] ?? type;
}

/** The colour of its type. */
export function kindTone({ type }: Pick<ReplayStep, "type">): Tone {
  if (type === "llm_call") return "open";
  return type === "tool_call" ? "key" : "dim";
}

/** The mark before a step that is not simply done. */
export function stateMark({ state }: Pick<ReplayStep, "state">): string {
  return { done: " ", failed: "✗", unfinished: "…" }[state];
}

/** Input and output tokens of a call of a model; `null` where neither is known, or it is none. */
export function tokensOf({ type, record }: Pick<ReplayStep, "type" | "record">): number | null {
  if (type !== "llm_call") return null;
  const [input, output] = [
    numberField(record, "input_tokens"),
    numberField(record, "output_tokens"),
  ];
  return input === null && output === null ? null : (input ?? 0) + (output ?? 0);
}

/** What a step is about, in one line: its error, what it was given, how it ended. */
export function aboutStep(step: ReplayStep): string {
  const { record, state, type } = step;
  const error = textField(record, "error");
  if (state === "failed" && error !== null) return brief(error);
  if (state === "unfinished") {
    return ["never ended", brief(field(record, "input"))].filter(Boolean).join(": ");
  }
  switch (type) {
    case "llm_call":
      return textField(record, "stop_reason") ?? "";
    case "tool_call":
      return brief(field(record, "input"));
    case "event":
      return messageText(field(record, "data")) ?? brief(field(record, "data"));
    case "run_start":
      return aboutRun(record);
    case "run_end":
      return textField(record, "status") ?? "";
    case "log_dropped":
      return `${count(numberField(record, "count"))} records: ${textField(record, "reason") ?? "-"}`;
    default:
      return "";
  }
}

/** The agent of a `run_start`, and what it was to do: `researcher 1.2, triage, production` */
function aboutRun(record: object): string {
  const agent = field(record, "agent");
  const about = typeof agent === "object" && agent !== null ? agent : {};
  const name = [textField(about, "name"), textField(about, "version")].filter(Boolean).join(" ");
  const rest = [textField(record, "task_type"), textField(record, "environment")];
  return [name, ...rest].filter(Boolean).join(", ");
}
