import type { Format, FormatOutput } from "../import/format.ts";
import { type Foreign, fields, isObject, list, milliseconds, text } from "../records/foreign.ts";
import type { ImportedRun } from "../records/imported-run.ts";

/**
 * Trajectories of SWE-agent: `{"trajectory":[{"action":…,"observation":…,"response":…}],"history":[…],
 * "info":{…}}`. They tell no times, and tokens only in sum, which stays in the `info` event.
 */
export const sweAgent: Format = {
  name: "swe-agent",
  recognises(value) {
    const { trajectory } = fields(value);
    const first = fields(list(trajectory)[0]);
    return Array.isArray(trajectory) && "action" in first && "observation" in first;
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
        );
      },
      end() {},
    };
  },
};

function readTrajectory(output: FormatOutput, document: Foreign, runId: string): void {
  const { trajectory, history, info, environment, ...rest } = document;
  const run = output.run(runId, () => ({
    ts: null,
    header: {
      agent: { name: "swe-agent", version: text(fields(info)["swe_agent_version"]) },
      environment: text(environment),
      metadata: { format: "swe-agent", ...rest },
    },
  }));
  for (const message of prefaceOf(history)) run.event(null, "message", message);
  for (const step of list(trajectory)) readStep(run, fields(step));
  endRun(run, fields(info));
  run.close();
}

/** Records how a run of SWE-agent or mini-SWE-agent ended; nothing where its file is cut off before. */
export function endRun(run: ImportedRun, info: Foreign): void {
  if (Object.keys(info).length === 0) return;
  run.event(null, "info", info);
  const status = text(info["exit_status"]);
  const isWell = status !== null && /^submitted/i.test(status);
  if (status !== null) run.ended(null, isWell ? "ok" : "error", isWell ? null : status);
}

/** What the model was told before the first step; what comes after stands in the trajectory. */
function prefaceOf(history: unknown): readonly unknown[] {
  const messages = list(history);
  const first = messages.findIndex((it) => {
    const { role, is_demo } = fields(it);
    return role === "assistant" && is_demo !== true;
  });
  return first < 0 ? messages : messages.slice(0, first);
}

function readStep(run: ImportedRun, step: Foreign): void {
  const { action, observation, response, thought, execution_time, messages, query, ...rest } = step;
  run.llmCall(null, {});
  run.event(null, "message", {
    role: "assistant",
    content: response,
    ...(thought === response ? {} : { thought }),
  });
  run.toolCall(null, {
    tool: "shell",
    input: { command: action },
    output: observation,
    duration_ms: typeof execution_time === "number" ? milliseconds(execution_time * 1000) : null,
  });
  if (isObject(rest) && Object.keys(rest).length > 0) run.event(null, "state", rest);
}
