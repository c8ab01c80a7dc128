import type { Format, FormatOutput, FormatReader } from "../import/format.ts";
import {
  between,
  count,
  countWith,
  type Foreign,
  fields,
  list,
  text,
  textOf,
  unixSeconds,
} from "../records/foreign.ts";
import type { ImportedRun } from "../records/imported-run.ts";
import { PendingCalls } from "../records/pending-calls.ts";

/**
 * Sessions of pi, the coding agent: `{"type":"session","id":…,"cwd":…}`, then an entry a line, messages
 * as `{"type":"message","message":{"role":"assistant","usage":{…}}}`.
 */
export const pi: Format = {
  name: "pi",
  recognises(value) {
    const { type, id, cwd, message } = fields(value);
    if (type === "session") return typeof id === "string" && typeof cwd === "string";
    const { role, usage } = fields(message);
    return (
      type === "message" && (role === "toolResult" || fields(usage)["cacheRead"] !== undefined)
    );
  },
  read: (output) => new PiReader(output),
};

class PiReader implements FormatReader {
  readonly #output: FormatOutput;
  #run: ImportedRun | undefined;
  #calls: PendingCalls | undefined;

  constructor(output: FormatOutput) {
    this.#output = output;
  }

  take(value: unknown): void {
    const line = fields(value);
    const ts = unixSeconds(line["timestamp"]);
    if (line["type"] === "session" && this.#run === undefined) {
      this.#begin(line, ts);
      return;
    }
    const run = this.#run ?? this.#begin({}, ts);
    const { role } = fields(line["message"]);
    if (line["type"] === "message" && role === "assistant") this.#assistant(run, line, ts);
    else if (line["type"] === "message" && role === "toolResult") this.#result(line, ts);
    else if (line["type"] === "message") run.event(ts, "message", said(line));
    else run.event(ts, text(line["type"]) ?? "line", value);
  }

  end(): void {
    this.#calls?.end();
  }

  #begin(session: Foreign, ts: number | null): ImportedRun {
    const run = this.#output.run(text(session["id"]) ?? this.#output.name, () => ({
      ts,
      header: {
        agent: { name: "pi", version: null },
        metadata: { format: "pi", ...session },
      },
    }));
    this.#run = run;
    this.#calls = new PendingCalls(run);
    return run;
  }

  #assistant(run: ImportedRun, line: Foreign, ts: number | null): void {
    const message = fields(line["message"]);
    const { usage, model, provider, stopReason, errorMessage, timestamp, responseId } = message;
    const counts = fields(usage);
    run.llmCall(ts, {
      model: text(model),
      provider: text(provider),
      // pi counts what is of the cache beside the input.
      input_tokens: countWith(counts["input"], counts["cacheRead"], counts["cacheWrite"]),
      output_tokens: count(counts["output"]),
      cache_read_tokens: count(counts["cacheRead"]),
      cache_write_tokens: count(counts["cacheWrite"]),
      ...(count(counts["reasoning"]) === null
        ? {}
        : { reasoning_tokens: count(counts["reasoning"]) }),
      stop_reason: text(stopReason),
      ...(text(responseId) === null ? {} : { response_id: text(responseId) }),
      duration_ms: between(unixSeconds(timestamp), ts),
      ...(text(errorMessage) === null ? {} : { error: errorMessage }),
      usage,
    });
    const told = list(message["content"]).filter((part) => {
      const { type, id, name, arguments: input } = fields(part);
      if (type !== "toolCall" || typeof id !== "string" || typeof name !== "string") return true;
      this.#calls?.ask(ts, id, name, input);
      return false;
    });
    if (told.length > 0) run.event(ts, "message", said(line, told));
  }

  #result(line: Foreign, ts: number | null): void {
    const { toolCallId, toolName, content, details, isError } = fields(line["message"]);
    this.#calls?.answer(ts, text(toolCallId) ?? "", {
      tool: text(toolName),
      output: details === undefined ? content : { content, details },
      error: isError === true ? textOf(content) || "error" : null,
    });
  }
}

// These stand in the record of the call.
const CALL_KEYS = new Set([
  "usage",
  "model",
  "provider",
  "stopReason",
  "errorMessage",
  "timestamp",
  "responseId",
]);

/** What was said, and what else the entry holds. */
function said(line: Foreign, content: unknown = fields(line["message"])["content"]): Foreign {
  const { type, timestamp, message, ...rest } = line;
  const { role, ...others } = fields(message);
  const kept = Object.entries(others).filter(([key]) => !CALL_KEYS.has(key));
  return { role, ...rest, ...Object.fromEntries(kept), content };
}
