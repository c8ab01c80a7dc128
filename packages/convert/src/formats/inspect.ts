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
  unixSeconds,
} from "../records/foreign.ts";
import type { ImportedRun } from "../records/imported-run.ts";
import { readMessages } from "./openai-messages.ts";

/**
 * Logs of Inspect: a document `{"version":2,"eval":{…},"samples":[…]}`, or an `.eval`, a zip with a file
 * for each sample. The evaluation is a run, and each sample of it one that this began.
 */
export const inspect: Format = {
  name: "inspect",
  recognises: (value) => isHeader(value) || isSample(value),
  read: (output) => new InspectReader(output),
};

function isHeader(value: unknown): boolean {
  const { eval: about, version } = fields(value);
  return isObject(about) && "task" in about && typeof version === "number";
}

function isSample(value: unknown): boolean {
  const { epoch, input, messages } = fields(value);
  return typeof epoch === "number" && input !== undefined && Array.isArray(messages);
}

class InspectReader implements FormatReader {
  readonly #output: FormatOutput;
  #run: ImportedRun | undefined;
  #startedAt: number | null = null;
  #task: string | null = null;

  constructor(output: FormatOutput) {
    this.#output = output;
  }

  take(value: unknown): void {
    if (isHeader(value)) this.#header(fields(value));
    else if (isSample(value)) this.#sample(fields(value));
    // Summaries and reductions, which say less than the samples.
    else this.#eval({}).event(null, Array.isArray(value) ? "summaries" : "part", value);
  }

  end(): void {}

  #eval(header: Foreign): ImportedRun {
    if (this.#run !== undefined) return this.#run;
    const about = fields(header["eval"]);
    this.#startedAt = unixSeconds(about["created"]);
    this.#task = text(about["task"]);
    this.#run = this.#output.run(text(about["run_id"]) ?? this.#output.name, () => ({
      ts: this.#startedAt,
      header: {
        agent: { name: "inspect", version: text(fields(about["packages"])["inspect_ai"]) },
        taskType: this.#task,
        metadata: { format: "inspect", eval: about, plan: header["plan"] },
      },
    }));
    return this.#run;
  }

  #header(header: Foreign): void {
    const run = this.#eval(header);
    const { status, results, stats, error, samples, version, eval: about, plan, ...rest } = header;
    for (const sample of list(samples)) this.#sample(fields(sample));
    // The file that a zip begins with has no status yet.
    if (typeof status !== "string") return;
    const endedAt = unixSeconds(fields(stats)["completed_at"]);
    run.event(endedAt, "results", { results, stats, ...rest });
    const message = text(fields(error)["message"]);
    if (status === "success") run.ended(endedAt, "ok", null);
    else if (status === "cancelled") run.ended(endedAt, "cancelled", message);
    else if (status === "error") run.ended(endedAt, "error", message ?? "error");
  }

  #sample(sample: Foreign): void {
    const evaluation = this.#eval({});
    const { id, epoch, uuid, events, attachments, transcript, messages, error, output, ...rest } =
      sample;
    // Older logs have the events and what they refer to in a `transcript`.
    const { events: older, content } = fields(transcript);
    const resolve = resolver({ ...fields(content), ...fields(attachments) });
    const all = list(events ?? older);
    const startedAt = unixSeconds(fields(all[0])["timestamp"]) ?? this.#startedAt;
    const { store, ...about } = rest;
    const run = this.#output.run(text(uuid) ?? `${evaluation.id}.${id}.${epoch}`, () => ({
      ts: startedAt,
      header: {
        agent: { name: "inspect", version: null },
        taskType: this.#task,
        parentRunId: evaluation.id,
        rootRunId: evaluation.id,
        metadata: { format: "inspect", sample_id: id, epoch, ...about },
      },
    }));
    if (all.length === 0) readMessages(run, list(messages).map(resolve));
    else readEvents(run, all, resolve);
    const failure = fields(error);
    const isFailed = isObject(error);
    run.ended(
      null,
      isFailed ? "error" : "ok",
      isFailed ? (text(failure["message"]) ?? "error") : null,
    );
    run.close();
  }
}

function readEvents(
  run: ImportedRun,
  events: readonly unknown[],
  resolve: (value: unknown) => unknown,
): void {
  const told = new Set<string>();
  for (const value of events) {
    const { event, timestamp, span_id, working_start, ...rest } = fields(value);
    const ts = unixSeconds(timestamp);
    if (event === "model") {
      newMessages(run, ts, list(rest["input"]), told, resolve);
      modelCall(run, ts, rest, told, resolve);
    } else if (event === "tool") toolCall(run, ts, rest, resolve);
    else run.event(ts, text(event) ?? "event", resolve(rest));
  }
}

/** Each call has the whole conversation with it; of that, what was not there before. */
function newMessages(
  run: ImportedRun,
  ts: number | null,
  messages: readonly unknown[],
  told: Set<string>,
  resolve: (value: unknown) => unknown,
): void {
  for (const message of messages) {
    const { id, role, content } = fields(message);
    // Results of tools stand in the calls of these.
    const key = text(id) ?? JSON.stringify([role, content]);
    if (role === "tool" || told.has(key)) continue;
    told.add(key);
    if (role !== "assistant") run.event(ts, "message", resolve(message));
  }
}

function modelCall(
  run: ImportedRun,
  ts: number | null,
  event: Foreign,
  told: Set<string>,
  resolve: (value: unknown) => unknown,
): void {
  const { model, output, completed, error, config, cache } = event;
  const { usage, choices, time, model: answered } = fields(output);
  const { message, stop_reason } = fields(list(choices)[0]);
  const [provider, name] = String(model ?? "").split("/", 2);
  const endedAt =
    unixSeconds(completed) ?? (ts !== null && typeof time === "number" ? ts + time : ts);
  const counts = fields(usage);
  const failure = text(error) ?? text(fields(output)["error"]);
  run.llmCall(endedAt, {
    ...(typeof cache === "string" ? { tags: { cache } } : {}),
    model: text(answered) ?? text(name) ?? text(model),
    provider: name === undefined ? null : text(provider),
    input_tokens: inputOf(counts),
    output_tokens: count(counts["output_tokens"]),
    cache_read_tokens: count(counts["input_tokens_cache_read"]),
    cache_write_tokens: count(counts["input_tokens_cache_write"]),
    reasoning_tokens: count(counts["reasoning_tokens"]),
    stop_reason: text(stop_reason),
    duration_ms: between(ts, endedAt),
    ...(failure === null ? {} : { error: failure }),
    ...(isObject(usage) ? { usage } : {}),
  });
  if (isObject(message)) {
    told.add(text(message["id"]) ?? JSON.stringify([message["role"], message["content"]]));
    run.event(endedAt, "message", { ...fields(resolve(message)), config });
  }
}

/** Whether the cache is within or beside differs by provider, and shows in the total. */
function inputOf(counts: Foreign): number | null {
  const { input_tokens, output_tokens, total_tokens } = counts;
  const within = countWith(input_tokens, output_tokens);
  const cached = [counts["input_tokens_cache_read"], counts["input_tokens_cache_write"]];
  const beside = countWith(input_tokens, output_tokens, ...cached);
  const isBeside =
    count(total_tokens) !== null && within !== total_tokens && beside === total_tokens;
  return isBeside ? countWith(input_tokens, ...cached) : count(input_tokens);
}

function toolCall(
  run: ImportedRun,
  ts: number | null,
  event: Foreign,
  resolve: (value: unknown) => unknown,
): void {
  const { function: name, id, arguments: input, result, error, completed } = event;
  const endedAt = unixSeconds(completed) ?? ts;
  run.toolCall(endedAt, {
    tool: text(name) ?? "unknown",
    tool_call_id: text(id),
    input: resolve(input),
    output: resolve(result),
    error: text(fields(error)["message"]) ?? text(error),
    duration_ms: completed === undefined ? null : between(ts, endedAt),
  });
}

const REFERENCE = /^(?:attachment|tc):\/\/([0-9a-f]{32})$/;

/** Puts long texts, which stand apart in the log, back in their places. */
function resolver(attachments: Foreign): (value: unknown) => unknown {
  const resolve = (value: unknown): unknown => {
    if (typeof value === "string") {
      const [, hash] = (value.length < 60 && REFERENCE.exec(value)) || [];
      return hash !== undefined && Object.hasOwn(attachments, hash) ? attachments[hash] : value;
    }
    if (Array.isArray(value)) return value.map(resolve);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, resolve(it)]));
  };
  return Object.keys(attachments).length === 0 ? (value) => value : resolve;
}
