import type { StepRecord } from "@step-log/core";

/** What a step is of: a tool, a model, an event's or an agent's name, a URL; `null` where it has none. */
export function stepName(record: StepRecord): string | null {
  // What a record holds may be anything.
  const name: unknown = nameOf(record);
  return typeof name === "string" && name !== "" ? name : null;
}

function nameOf(record: StepRecord): unknown {
  switch (record.type) {
    case "tool_call":
      return record.tool;
    case "llm_call":
      return record.model;
    case "step_start":
      return record.tool ?? record.model;
    case "event":
      return record.name;
    case "run_start":
      return record.agent?.name;
    case "run_end":
      return record.status;
    case "wire_call":
      return record.request?.url;
    case "log_dropped":
      return record.reason;
  }
}
