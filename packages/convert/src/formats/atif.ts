import type { Format, FormatOutput } from "../import/format.ts";
import {
  count,
  type Foreign,
  fields,
  isObject,
  list,
  parsed,
  text,
  textOf,
  unixSeconds,
} from "../records/foreign.ts";
import type { ImportedRun } from "../records/imported-run.ts";
import { passRecord } from "../records/pass-record.ts";
import { withDifference } from "../records/record-difference.ts";

/**
 * ATIF, the Agent Trajectory Interchange Format of Harbor: `{"schema_version":"ATIF-v1.7","agent":{…},
 * "steps":[…]}`, a document or one a line. What `exportLog` wrote comes back as it was.
 */
export const atif: Format = {
  name: "atif",
  recognises(value) {
    const { schema_version, steps } = fields(value);
    return (
      typeof schema_version === "string" &&
      schema_version.startsWith("ATIF") &&
      Array.isArray(steps)
    );
  },
  read(output) {
    let count = 0;
    return {
      take(value) {
        count++;
        readTrajectory(
          output,
          fields(value),
          count === 1 ? output.name : `${output.name}-${count}`,
          null,
        );
      },
      end() {},
    };
  },
};

/** What of ours stands in an `extra`. */
function ours(value: Foreign): Foreign {
  return fields(fields(value["extra"])["step_log"]);
}

function readTrajectory(
  output: FormatOutput,
  document: Foreign,
  name: string,
  parent: string | null,
): void {
  const { steps, subagent_trajectories, ...about } = document;
  const { run_start, run_end } = ours(document);
  const pass = (record: unknown) => passRecord(output, record);
  if (run_start !== undefined) {
    // A run may have no header.
    if (run_start !== null) pass(withDifference(startRecord(document), run_start));
    for (const step of list(steps).map(fields)) ownRecords(step).forEach(pass);
    if (isObject(run_end)) pass(run_end);
  } else {
    const run = output.run(runIdOf(document) ?? name, () => ({
      ts: unixSeconds(fields(list(steps)[0])["timestamp"]),
      header: {
        agent: {
          name: text(fields(about["agent"])["name"]),
          version: text(fields(about["agent"])["version"]),
        },
        parentRunId: parent,
        metadata: { format: "atif", ...about },
      },
    }));
    for (const step of list(steps).map(fields))
      foreignStep(run, step, text(fields(about["agent"])["model_name"]));
  }
  const runId = runIdOf(document) ?? name;
  list(subagent_trajectories).forEach((it, i) => {
    readTrajectory(output, fields(it), `${name}.${i + 1}`, runId);
  });
}

function runIdOf(document: Foreign): string | null {
  return text(document["session_id"]) ?? text(document["trajectory_id"]);
}

/** The header that a trajectory tells by its own keys. */
export function startRecord(document: Foreign): Record<string, unknown> {
  const { name, version } = fields(document["agent"]);
  return {
    run_id: document["session_id"],
    step: 0,
    type: "run_start",
    agent: { name: text(name), version: text(version) },
  };
}

/** The record that a step of the agent tells of its call of the model. */
export function llmRecord(step: Foreign): Record<string, unknown> {
  const metrics = fields(step["metrics"]);
  return {
    type: "llm_call",
    model: text(step["model_name"]),
    input_tokens: count(metrics["prompt_tokens"]),
    output_tokens: count(metrics["completion_tokens"]),
    cache_read_tokens: count(metrics["cached_tokens"]),
    stop_reason: null,
    duration_ms: null,
    ts: unixSeconds(step["timestamp"]),
  };
}

/** The record that a step of the agent tells of its call of a tool, by its place. */
export function toolRecord(step: Foreign, index: number): Record<string, unknown> {
  const call = fields(list(step["tool_calls"])[index]);
  const id = text(call["tool_call_id"]);
  const results = list(fields(step["observation"])["results"]).map(fields);
  const result =
    results.find((it) => it["source_call_id"] === id && id !== null) ?? results[index] ?? {};
  return {
    type: "tool_call",
    tool: text(call["function_name"]) ?? "unknown",
    tool_call_id: id,
    input: call["arguments"] ?? null,
    output: parsed(result["content"]) ?? null,
    error: null,
    duration_ms: null,
    ts: unixSeconds(step["timestamp"]),
  };
}

/** The record that a step tells of what was said. */
export function messageRecord(step: Foreign): Record<string, unknown> {
  const { source, message, timestamp } = step;
  const role = source === "agent" ? "assistant" : source;
  return {
    type: "event",
    name: "message",
    data: { role, content: message },
    ts: unixSeconds(timestamp),
  };
}

/** What a step of ours was made of, in the order in which it was recorded. */
function ownRecords(step: Foreign): unknown[] {
  let tools = 0;
  return list(ours(step)["records"]).map((value) => {
    const { as, ...difference } = fields(value);
    if (as === "llm_call") return withDifference(llmRecord(step), difference);
    if (as === "tool_call") return withDifference(toolRecord(step, tools++), difference);
    return withDifference(as === "message" ? messageRecord(step) : {}, difference);
  });
}

function foreignStep(run: ImportedRun, step: Foreign, model: string | null): void {
  const ts = unixSeconds(step["timestamp"]);
  const { source, message, reasoning_content, tool_calls, observation, metrics, extra } = step;
  const isAgent = source === "agent";
  if (isAgent) {
    const { type, ts: _, ...call } = llmRecord(step);
    run.llmCall(ts, {
      ...call,
      model: call["model"] ?? model,
      ...(isObject(metrics) ? { usage: metrics } : {}),
    });
  }
  if (textOf(message) !== "" || reasoning_content !== undefined || !isAgent) {
    const role = isAgent ? "assistant" : source;
    const reasoning = reasoning_content === undefined ? {} : { reasoning_content };
    run.event(ts, "message", {
      role,
      content: message,
      ...reasoning,
      ...(extra === undefined ? {} : { extra }),
    });
  }
  const calls = list(tool_calls);
  for (const index of calls.keys()) {
    const { type, ts: _, ...call } = toolRecord(step, index);
    run.toolCall(ts, { ...call, tool: String(call["tool"]) });
  }
  const rest = list(fields(observation)["results"]).slice(calls.length);
  if (rest.length > 0) run.event(ts, "observation", rest);
}
