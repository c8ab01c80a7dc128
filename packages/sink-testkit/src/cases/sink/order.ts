import { interleaved } from "../../interleaved.ts";
import { testEntry, testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const orderCases: readonly SinkCase[] = [
  {
    name: "entries of a run are stored in the order of writing",
    async run(bench) {
      bench.write(...testRun("run", 1_000));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "runs that take turns each keep their order",
    async run(bench) {
      bench.write(...interleaved(["a", "b", "c"].map((runId) => testRun(runId, 100))));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "step numbers are kept as they are, also late, repeated and left out ones",
    async run(bench) {
      // A long call ends after later short ones, and a step_start has the number of its step.
      for (const [index, step] of [0, 5, 2, 2, 9, 1, 1_000_000, 3].entries()) {
        bench.write(testEntry({ runId: "run", step, record: { name: `entry ${index}` } }));
      }
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "records of every type are stored, also after the end of the run",
    async run(bench) {
      bench.write(...everyType.map(([step, record]) => testEntry({ runId: "run", step, record })));
      bench.write(...testRun("run", 2, 6));
      await bench.flush();
      await bench.expectStored();
    },
  },
  {
    name: "entries that come one a turn of the event loop keep their order",
    async run(bench) {
      for (const entry of testRun("run", 50)) {
        bench.write(entry);
        await turnOfTheLoop();
      }
      await bench.flush();
      await bench.expectStored();
    },
  },
];

const everyType: readonly (readonly [step: number, record: Record<string, unknown>])[] = [
  [0, { type: "run_start", schema: "step-log/1", metadata: null }],
  [1, { type: "llm_call", model: "m", input_tokens: null, output_tokens: 3, stop_reason: "end" }],
  [2, { type: "step_start", of: "tool_call", tool: "t", input: {} }],
  [2, { type: "tool_call", tool: "t", input: {}, output: [], error: null, duration_ms: 1 }],
  [3, { type: "event", name: "retrieval", data: { ids: [1, 2] } }],
  [4, { type: "a_type_of_tomorrow", key_of_tomorrow: { nested: true } }],
  [5, { type: "run_end", status: "ok", error: null, error_context: null, summary: {} }],
];

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 0));
}
