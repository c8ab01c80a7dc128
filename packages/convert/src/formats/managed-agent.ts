import type { Format, FormatOutput, FormatReader } from "../import/format.ts";
import {
  between,
  count,
  countWith,
  type Foreign,
  fields,
  isObject,
  list,
  text,
  textOf,
  unixSeconds,
} from "../records/foreign.ts";
import type { ImportedRun } from "../records/imported-run.ts";
import { PendingCalls } from "../records/pending-calls.ts";

/**
 * Event streams of managed agents, as LangSmith records them: a call of the client a line,
 * `["client.beta.sessions.events.stream",{"type":"agent.tool_use",…}]`, or the bare events.
 */
export const managedAgent: Format = {
  name: "langsmith-events",
  recognises(value) {
    const [method, payload] = list(value);
    if (typeof method === "string")
      return method.startsWith("client.beta.sessions.") && payload !== undefined;
    const { id, type, processed_at } = fields(value);
    return typeof type === "string" && processed_at !== undefined && String(id).startsWith("sevt_");
  },
  read: (output) => new ManagedAgentReader(output),
};

const TOOL_USE = /^agent\.(?:mcp_|custom_)?tool_use$/;
const TOOL_RESULT = /^(?:agent|user)\.(?:mcp_|custom_)?tool_result$/;

class ManagedAgentReader implements FormatReader {
  readonly #output: FormatOutput;
  #run: ImportedRun | undefined;
  #calls: PendingCalls | undefined;
  #model: string | null = null;
  readonly #requests = new Map<string, { step: number; ts: number | null }>();

  constructor(output: FormatOutput) {
    this.#output = output;
  }

  take(value: unknown): void {
    const [method, payload] = Array.isArray(value) ? value : [null, value];
    const event = fields(payload);
    if (event["type"] === "session" && this.#run === undefined) this.#begin(event);
    else if (isObject(payload)) this.#event(event, text(method));
    else this.#started(list(payload)[0]).event(null, text(method) ?? "line", payload);
  }

  end(): void {
    this.#calls?.end();
  }

  #started(sessionId: unknown): ImportedRun {
    return this.#run ?? this.#begin({ id: sessionId });
  }

  #begin(session: Foreign): ImportedRun {
    const { id, agent, ...rest } = session;
    const { name, version, model } = fields(agent);
    this.#model = text(fields(model)["id"]) ?? text(model);
    const run = this.#output.run(text(id) ?? this.#output.name, () => ({
      ts: unixSeconds(session["created_at"]),
      header: {
        agent: { name: text(name), version: version === undefined ? null : String(version) },
        metadata: { format: "langsmith-events", agent, ...rest },
      },
    }));
    this.#run = run;
    this.#calls = new PendingCalls(run);
    return run;
  }

  #event(event: Foreign, method: string | null): void {
    const run = this.#started(undefined);
    const { type, id, processed_at, ...rest } = event;
    const ts = unixSeconds(processed_at);
    const kind = text(type) ?? method ?? "line";
    if (kind === "span.model_request_start" && typeof id === "string") {
      this.#requests.set(id, { step: run.nextStep(), ts });
    } else if (kind === "span.model_request_end") this.#called(run, ts, event);
    else if (TOOL_USE.test(kind)) {
      this.#calls?.ask(ts, String(id), text(rest["name"]) ?? "unknown", rest["input"]);
    } else if (TOOL_RESULT.test(kind)) this.#answered(ts, rest);
    else if (kind === "agent.message" || kind === "user.message") {
      run.event(ts, "message", {
        role: kind === "agent.message" ? "assistant" : "user",
        id,
        ...rest,
      });
    } else run.event(ts, kind, { id, ...rest });
  }

  #called(run: ImportedRun, ts: number | null, event: Foreign): void {
    const { model_request_start_id, model_usage: usage, is_error } = event;
    const started = this.#requests.get(String(model_request_start_id));
    this.#requests.delete(String(model_request_start_id));
    const counts = fields(usage);
    const read = counts["cache_read_input_tokens"];
    const written = counts["cache_creation_input_tokens"];
    run.llmCall(
      ts,
      {
        model: this.#model,
        provider: "anthropic",
        input_tokens: countWith(counts["input_tokens"], read, written),
        output_tokens: count(counts["output_tokens"]),
        cache_read_tokens: count(read),
        cache_write_tokens: count(written),
        duration_ms: between(started?.ts ?? null, ts),
        ...(is_error === true ? { error: "error" } : {}),
        ...(isObject(usage) ? { usage } : {}),
      },
      started?.step,
    );
  }

  #answered(ts: number | null, rest: Foreign): void {
    const { tool_use_id, mcp_tool_use_id, custom_tool_use_id, content, is_error } = rest;
    this.#calls?.answer(ts, String(tool_use_id ?? mcp_tool_use_id ?? custom_tool_use_id), {
      output: content,
      error: is_error === true ? textOf(content) || "error" : null,
    });
  }
}
