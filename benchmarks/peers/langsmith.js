import { randomUUID } from "node:crypto";
import { Client } from "langsmith";
import { wire } from "../mix.js";

/**
 * LangSmith's client with its batching, its `fetch` answered on the spot: what it costs the agent
 * without any network. What it would send is made and thrown away.
 */
export function open(_path, runId) {
  const client = new Client({
    apiUrl: "http://127.0.0.1:9",
    apiKey: "none",
    fetchImplementation: async () => new Response("{}", { status: 202 }),
  });
  return {
    record(i) {
      const { type, tool, model, input, output, duration_ms, ts, ...metadata } = wire(runId, i);
      const id = randomUUID();
      const start_time = ts * 1000 - duration_ms;
      // With `trace_id` and `dotted_order` it batches; without, it sends one by one.
      const order = new Date(start_time).toISOString().replace(/[-:.]/g, "").slice(0, -1);
      void client.createRun({
        id,
        trace_id: id,
        dotted_order: `${order}000Z${id}`,
        name: tool ?? model,
        run_type: type === "tool_call" ? "tool" : "llm",
        inputs: { input },
        outputs: { output },
        start_time,
        end_time: ts * 1000,
        extra: { metadata },
      });
    },
    close: () => client.awaitPendingTraceBatches(),
  };
}
