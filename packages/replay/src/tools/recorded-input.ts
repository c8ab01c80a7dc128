import { type Json, StepLog, type StepLogOptions, type ToolCallRecord } from "@step-log/core";

/** How inputs were recorded, where it was not the default way. */
export type RecordingOptions = Pick<StepLogOptions, "redact" | "payload">;

/**
 * Makes of an input what a log has of it: as JSON, credentials replaced, cut where it is long. So it is
 * recorded, by the same code and with nothing kept.
 */
export function recordedInput(options: RecordingOptions = {}): (input: unknown) => Json {
  let recorded: Json = null;
  const log = new StepLog({
    ...options,
    runId: "replay",
    run: false,
    sink: {
      name: "replay",
      write: ({ record }) => {
        recorded = (record as ToolCallRecord).input;
      },
      flush: async () => {},
      close: async () => {},
    },
  });
  return (input) => {
    recorded = null; // of what cannot be recorded there is nothing
    log.recordToolCall({ tool: "replay", input });
    return recorded;
  };
}
