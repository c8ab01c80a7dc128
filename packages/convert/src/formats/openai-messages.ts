import type { Format, FormatOutput } from "../import/format.ts";
import { type Foreign, fields, isObject, list, parsed, text, textOf } from "../records/foreign.ts";
import type { ImportedRun } from "../records/imported-run.ts";
import { PendingCalls } from "../records/pending-calls.ts";
import { usageCall } from "../records/response-call.ts";

/**
 * Lists of messages as OpenAI's Chat Completions take them: `[{"role":"user","content":…},…]`, a list
 * of such, each as `messages` or `traj` of an object, as tau-bench and data sets for fine-tuning
 * have them, on one line or many.
 *
 * They tell no times, mostly no model and no tokens: all that stays unknown.
 */
export const openaiMessages: Format = {
  name: "openai-messages",
  recognises: (value) =>
    isConversation(value) || (Array.isArray(value) && isConversation(value[0])),
  read(output) {
    let conversations = 0;
    const readOne = (value: unknown) => {
      if (!isConversation(value)) {
        output.problem("no list of messages");
        return;
      }
      conversations++;
      readConversation(output, value, conversations);
    };
    return {
      take(value) {
        if (Array.isArray(value) && !isMessages(value)) value.forEach(readOne);
        else readOne(value);
      },
      end() {},
    };
  },
};

function isConversation(value: unknown): boolean {
  if (Array.isArray(value)) return isMessages(value);
  const { messages, traj } = fields(value);
  return isMessages(messages) || isMessages(traj);
}

function isMessages(value: unknown): boolean {
  const first = fields(list(value)[0]);
  return typeof first["role"] === "string" && ("content" in first || "tool_calls" in first);
}

function readConversation(output: FormatOutput, value: unknown, number: number): void {
  const about = fields(value);
  const { messages, traj, ...metadata } = about;
  const { task_id, trial, id } = metadata;
  const isTau = traj !== undefined && task_id !== undefined;
  const own =
    text(id) ?? (isTau ? `${output.name}-${task_id}-${trial ?? 0}` : `${output.name}-${number}`);
  const run = output.run(own, () => ({
    ts: null,
    header: {
      agent: isTau ? { name: "tau-bench", version: null } : null,
      metadata: { format: "openai-messages", ...(isObject(value) ? metadata : {}) },
    },
  }));
  readMessages(run, Array.isArray(value) ? value : list(messages ?? traj));
  run.close();
}

/** Records what a list of messages tells; also that of a trajectory of mini-SWE-agent. */
export function readMessages(run: ImportedRun, messages: readonly unknown[]): void {
  const calls = new PendingCalls(run);
  for (const value of messages) {
    const message = fields(value);
    const { role, content, name, tool_call_id, tool_calls, function_call, ...rest } = message;
    if (role === "tool" || role === "function") {
      // Results of the old `function` role name the function in place of a call.
      const id = text(tool_call_id) ?? text(name) ?? "";
      calls.answer(null, id, { tool: text(name), output: content, error: failure(content) });
      if (Object.keys(rest).length > 0)
        run.event(null, "tool_message", { tool_call_id: id, ...rest });
    } else if (role === "assistant") {
      run.llmCall(null, usageCall(rest));
      const told = Array.isArray(content)
        ? content.length > 0
        : content !== null && content !== undefined && content !== "";
      if (told || Object.keys(rest).length > 0)
        run.event(null, "message", {
          role,
          content,
          ...(name === undefined ? {} : { name }),
          ...rest,
        });
      for (const call of list(tool_calls)) ask(calls, fields(call));
      if (isObject(function_call))
        ask(calls, { id: function_call["name"], function: function_call });
    } else {
      run.event(null, "message", value);
    }
  }
  calls.end();
}

function ask(calls: PendingCalls, call: Foreign): void {
  const { name, arguments: input } = fields(call["function"] ?? call["custom"]);
  calls.ask(null, text(call["id"]) ?? "", text(name) ?? "unknown", parsed(input));
}

/** What failed says so in words alone; this is how tau-bench and most frameworks begin them. */
function failure(content: unknown): string | null {
  const told = textOf(content);
  return /^Error\b/.test(told) ? told : null;
}
