import type { Format, FormatOutput, FormatReader } from "../import/format.ts";
import { count, type Foreign, fields, parsed, text, unixSeconds } from "../records/foreign.ts";
import type { ImportedRun } from "../records/imported-run.ts";
import { PendingCalls } from "../records/pending-calls.ts";

/**
 * Rollouts of Codex: `{"timestamp":…,"type":"session_meta","payload":{…}}` and so on, an item a line.
 *
 * The usage of a call of the model stands in a `token_count` behind it, as `last_token_usage`. It is
 * told again where nothing was called in between, which shows by a total that is as before.
 */
export const codex: Format = {
  name: "codex",
  recognises(value) {
    const { type, timestamp, payload } = fields(value);
    return (
      typeof type === "string" &&
      ITEMS.test(type) &&
      timestamp !== undefined &&
      typeof payload === "object" &&
      payload !== null
    );
  },
  read: (output) => new CodexReader(output),
};

const ITEMS = /^(?:session_meta|response_item|event_msg|turn_context|compacted)$/;
// What stands in the record of a tool's call; an `_end` tells its duration.
const CALL = /^(?:custom_tool|function|local_shell|tool_search)_call$/;
const CALL_OUTPUT = /^(?:custom_tool|function|local_shell|tool_search)_call_output$/;

class CodexReader implements FormatReader {
  readonly #output: FormatOutput;
  #run: ImportedRun | undefined;
  #calls: PendingCalls | undefined;
  #model: string | null = null;
  #provider: string | null = null;
  #total: number | null = null;
  #turnId: string | null = null;
  // Ends that were told before the output of their call.
  readonly #ends = new Map<string, Foreign>();

  constructor(output: FormatOutput) {
    this.#output = output;
  }

  take(value: unknown): void {
    const line = fields(value);
    const ts = unixSeconds(line["timestamp"]);
    const payload = fields(line["payload"]);
    if (line["type"] === "session_meta" && this.#run === undefined) {
      this.#begin(payload, ts);
      return;
    }
    const run = this.#run ?? this.#begin({}, ts);
    const calls = this.#calls as PendingCalls;
    if (line["type"] === "turn_context") {
      this.#model = text(payload["model"]) ?? this.#model;
      this.#turnId = text(payload["turn_id"]) ?? this.#turnId;
    }
    const type = text(payload["type"]) ?? "";
    const id = text(payload["call_id"]) ?? text(payload["id"]);
    if (line["type"] === "response_item" && id !== null && CALL.test(type)) {
      calls.ask(
        ts,
        id,
        text(payload["name"]) ?? type,
        parsed(payload["arguments"] ?? payload["input"] ?? payload["action"]),
      );
    } else if (line["type"] === "response_item" && id !== null && CALL_OUTPUT.test(type)) {
      this.#answered(ts, id, payload);
    } else if (type === "token_count" && this.#isCall(payload)) {
      this.#called(run, ts, payload);
    } else {
      if (type.endsWith("_end") && id !== null && calls.get(id) !== undefined)
        this.#ends.set(id, payload);
      run.event(
        ts,
        eventName(line["type"], type),
        line["type"] === "event_msg" || line["type"] === "response_item" ? said(payload) : payload,
      );
    }
  }

  end(): void {
    this.#calls?.end();
  }

  #begin(session: Foreign, ts: number | null): ImportedRun {
    const { thread_spawn } = fields(fields(session["source"])["subagent"]);
    const { parent_thread_id, depth } = fields(thread_spawn);
    const parentRunId = text(parent_thread_id) ?? text(session["forked_from_id"]);
    this.#provider = text(session["model_provider"]);
    const run = this.#output.run(text(session["id"]) ?? this.#output.name, () => ({
      ts: unixSeconds(session["timestamp"]) ?? ts,
      header: {
        agent: {
          name: text(session["originator"]) ?? "codex",
          version: text(session["cli_version"]),
        },
        parentRunId,
        // Further down, the root is in a file that is not known here.
        rootRunId: depth === undefined || depth === 1 ? parentRunId : null,
        metadata: { format: "codex", ...session },
      },
    }));
    this.#run = run;
    this.#calls = new PendingCalls(run);
    return run;
  }

  #isCall({ info }: Foreign): boolean {
    const { last_token_usage, total_token_usage } = fields(info);
    const total = count(fields(total_token_usage)["total_tokens"]);
    if (last_token_usage === undefined || (total !== null && total === this.#total)) return false;
    this.#total = total;
    return true;
  }

  #called(run: ImportedRun, ts: number | null, { info, ...rest }: Foreign): void {
    const usage = fields(info)["last_token_usage"];
    const counts = fields(usage);
    run.llmCall(ts, {
      ...(this.#turnId === null ? {} : { tags: { turn_id: this.#turnId } }),
      model: this.#model,
      provider: this.#provider,
      // As OpenAI counts: the cache is part of the input.
      input_tokens: count(counts["input_tokens"]),
      output_tokens: count(counts["output_tokens"]),
      cache_read_tokens: count(counts["cached_input_tokens"]),
      reasoning_tokens: count(counts["reasoning_output_tokens"]),
      usage,
    });
    const { rate_limits } = rest;
    if (rate_limits !== null && rate_limits !== undefined)
      run.event(ts, "rate_limits", rate_limits);
  }

  #answered(ts: number | null, id: string, { output }: Foreign): void {
    const end = fields(this.#ends.get(id));
    this.#ends.delete(id);
    const { exit_code, duration, success } = end;
    const { secs, nanos } = fields(duration);
    const isTimed = typeof secs === "number" && typeof nanos === "number";
    const code = count(exit_code) ?? exitCodeIn(output);
    const isFailed = (code !== null && code !== 0) || success === false;
    this.#calls?.answer(ts, id, {
      output: parsed(output),
      error: !isFailed ? null : code === null ? "failed" : `exit code ${code}`,
      ...(isTimed ? { durationMs: Math.round(secs * 1e6 + nanos / 1e3) / 1e3 } : {}),
    });
  }
}

/** Commands tell their exit code in their output: as `{"metadata":{"exit_code":1}}`, or in its head. */
function exitCodeIn(output: unknown): number | null {
  const told = count(fields(fields(parsed(output))["metadata"])["exit_code"]);
  if (told !== null || typeof output !== "string") return told;
  const [, code] =
    /^(?:Process exited with code|Exit code:) (\d{1,3})$/m.exec(output.slice(0, 500)) ?? [];
  return code === undefined ? null : Number(code);
}

function eventName(type: unknown, payloadType: string): string {
  return payloadType === "" ? (text(type) ?? "line") : payloadType;
}

/** Without the type, which is the event's name. */
function said({ type, ...rest }: Foreign): Foreign {
  return rest;
}
