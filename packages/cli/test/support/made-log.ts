import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// 2026-03-02 00:00:00 UTC
const START = 1_772_409_600;

const DAY_S = 86_400;
const MODELS = ["claude-sonnet-4-6", "gpt-5", "acme/own-1"];
const TOOLS = ["search", "read_file", "run_query"];
const AGENTS = ["support", "research"];
const TASKS = ["refund", "question", null];

/** A record, as JSON has it. */
export type Made = Readonly<Record<string, unknown>>;

/**
 * The records of so many runs, a day apart, the same each time: calls of three models, one without a price,
 * and of three tools, some of which fail; every third run does not end, every fifth hits a limit of tokens.
 */
export function madeRuns(runs: number, calls = 20): readonly (readonly Made[])[] {
  return Array.from({ length: runs }, (_, run) => {
    const common = { run_id: `run-${String(run).padStart(3, "0")}` };
    const begin = START + run * DAY_S;
    const records: Made[] = [
      {
        ...common,
        step: 0,
        type: "run_start",
        schema: "step-log/1",
        agent: { name: AGENTS[run % 2], version: "1" },
        task_type: TASKS[run % 3],
        ts: begin,
      },
    ];
    for (let step = 1; step <= calls; step++) {
      const at = { step, ts: begin + 10 * step };
      records.push({ ...common, ...at, type: "step_start", of: "tool_call", ts: at.ts - 1 });
      // The last call of every fourth run never ends.
      if (step === calls && run % 4 === 0) break;
      const ms = ((run * 31 + step * 17) % 97) * 10 + 0.5;
      if (step % 2 === 0) {
        const error = (run + step) % 7 === 0 ? "timed out" : null;
        const tool = TOOLS[(run + step / 2) % 3];
        records.push({ ...common, ...at, type: "tool_call", tool, error, duration_ms: ms });
        continue;
      }
      records.push({
        ...common,
        ...at,
        type: "llm_call",
        model: MODELS[(run + step) % 3],
        input_tokens: 1000 + step,
        output_tokens: step === 3 ? null : 10 * step,
        ...(step % 5 === 0 && { cache_read_tokens: 500, cache_write_tokens: 100 }),
        ...(step === 5 && { usage: { cache_creation: { ephemeral_1h_input_tokens: 100 } } }),
        stop_reason: step === 7 && run % 5 === 0 ? "max_tokens" : "tool_use",
        duration_ms: ms * 3,
      });
    }
    if (run % 3 !== 1) {
      const status = run % 3 === 0 ? "ok" : "error";
      records.push({ ...common, step: calls + 1, type: "run_end", status, ts: begin + 1000 });
    }
    return records;
  });
}

/** Writes each run into a file of its own; gives all records. */
export function writeRuns(folder: string, runs: readonly (readonly Made[])[]): readonly Made[] {
  mkdirSync(folder, { recursive: true });
  for (const records of runs) {
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    writeFileSync(join(folder, `${String(records[0]?.["run_id"])}.jsonl`), lines.join(""));
  }
  return runs.flat();
}
