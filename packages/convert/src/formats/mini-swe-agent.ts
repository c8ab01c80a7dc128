import type { Format } from "../import/format.ts";
import {
  between,
  type Foreign,
  fields,
  list,
  text,
  textOf,
  unixSeconds,
} from "../records/foreign.ts";
import type { ImportedRun } from "../records/imported-run.ts";
import { usageCall } from "../records/response-call.ts";
import { readMessages } from "./openai-messages.ts";
import { endRun } from "./swe-agent.ts";

/**
 * Trajectories of mini-SWE-agent: a list of messages, alone or as `{"info":…,"messages":[…]}`, in which
 * the model's command stands in a block of its text and the next message is what the shell said.
 */
export const miniSweAgent: Format = {
  name: "mini-swe-agent",
  recognises(value) {
    const { info, messages, trajectory_format } = fields(value);
    if (typeof trajectory_format === "string" && trajectory_format.startsWith("mini-swe-agent"))
      return true;
    if (fields(info)["mini_version"] !== undefined) return Array.isArray(messages);
    return hasCommands(value);
  },
  read(output) {
    let count = 0;
    return {
      take(value) {
        count++;
        const { info, messages, ...rest } = fields(value);
        const about = fields(info);
        const all = Array.isArray(value) ? value : list(messages);
        const own = text(fields(value)["instance_id"]);
        const run = output.run(
          own ?? (count === 1 ? output.name : `${output.name}-${count}`),
          () => ({
            ts: timeOf(all[0]),
            header: {
              agent: { name: "mini-swe-agent", version: text(about["mini_version"]) },
              metadata: { format: "mini-swe-agent", ...rest },
            },
          }),
        );
        if (all.some((it) => commandIn(fields(it)) !== null)) readTurns(run, all);
        else readMessages(run, all);
        endRun(run, about);
        run.close();
      },
      end() {},
    };
  },
};

const COMMAND = /```(?:bash|mswea_bash_command)\s*\n(.*?)\n```/s;
const RESULT = /^\s*<returncode>(-?\d+)<\/returncode>/;

function hasCommands(value: unknown): boolean {
  const messages = list(value).slice(0, 10).map(fields);
  return messages.some(
    (it, i) => commandIn(it) !== null && RESULT.test(textOf(messages[i + 1]?.["content"])),
  );
}

function commandIn({ role, content }: Foreign): string | null {
  return role === "assistant" ? (COMMAND.exec(textOf(content))?.[1] ?? null) : null;
}

function readTurns(run: ImportedRun, messages: readonly unknown[]): void {
  let command: string | null = null;
  let askedAt: number | null = null;
  for (const value of messages) {
    const message = fields(value);
    const ts = timeOf(value);
    if (command !== null && message["role"] === "user") {
      const output = message["content"];
      const code = RESULT.exec(textOf(output))?.[1];
      run.toolCall(ts, {
        tool: "bash",
        input: { command },
        output,
        error: code === undefined || code === "0" ? null : `exit code ${code}`,
        duration_ms: between(askedAt, ts),
      });
      command = null;
      continue;
    }
    if (message["role"] === "assistant") run.llmCall(ts, usageCall(message));
    run.event(ts, "message", value);
    command = commandIn(message);
    askedAt = ts;
  }
  if (command !== null)
    run.toolStart(askedAt, { tool: "bash", tool_call_id: "", input: { command } });
}

function timeOf(message: unknown): number | null {
  const { timestamp, extra } = fields(message);
  return unixSeconds(timestamp ?? fields(extra)["timestamp"]);
}
