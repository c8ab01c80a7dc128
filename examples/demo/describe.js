/** @import { StepRecord } from "@step-log/core" */

/** What a step was, in a few words: its name, and what it was given. @param {StepRecord} record */
export function what(record) {
  switch (record.type) {
    case "run_start":
      return { lead: "", text: `${record.agent?.name} ${record.agent?.version}` };
    case "llm_call":
      return { lead: "", text: record.model ?? "?" };
    case "tool_call":
      return { lead: `${record.tool} `, text: values(record.input).map(String).join(" ") };
    default:
      return { lead: "", text: record.type === "event" ? record.name : "" };
  }
}

/** What a tool gave, in a few words: `{ files: ["a", "b"] }` is `2 files`. @param {unknown} output */
export function gist(output) {
  const parts = Object.entries(Object(output)).map(([key, value]) => {
    if (Array.isArray(value)) return `${count(value.length)} ${key}`;
    if (typeof value === "string") return `${count(value.length)} characters of ${key}`;
    return `${key} ${JSON.stringify(value)}`;
  });
  return parts.join(", ");
}

/** How a step went, in a word. @param {StepRecord} record */
export function status(record) {
  if ("error" in record && typeof record.error === "string") return "error";
  if (record.type === "llm_call") return record.stop_reason ?? "";
  if (record.type === "run_end") return record.status;
  return record.type === "tool_call" ? "ok" : "";
}

/** @param {StepRecord} record */
export function tokens(record) {
  if (record.type !== "llm_call") return "";
  return `${count(record.input_tokens)} → ${count(record.output_tokens)}`;
}

/** @param {StepRecord} record */
export function duration(record) {
  return "duration_ms" in record ? ms(record.duration_ms) : "";
}

/** @param {number | null | undefined} number of milliseconds */
export function ms(number) {
  if (number === null || number === undefined) return "?";
  if (number >= 1000) return `${(number / 1000).toFixed(2)} s`;
  return `${number.toFixed(number < 10 ? 1 : 0)} ms`;
}

/** @param {number | null | undefined} number */
export function count(number) {
  return number?.toLocaleString("en-US") ?? "?";
}

/** @param {unknown} input such as `{ path: "src", query: "x" }`, of which the values say enough */
function values(input) {
  return typeof input === "object" && input !== null ? Object.values(input) : [input];
}
