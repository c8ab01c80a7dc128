import { Langfuse } from "langfuse";
import { wire } from "../mix.js";

/** Langfuse's client with its batching, its `fetch` answered on the spot, as with LangSmith. */
export function open(_path, runId) {
  const client = new OfflineLangfuse({
    publicKey: "none",
    secretKey: "none",
    baseUrl: "http://127.0.0.1:9",
  });
  const trace = client.trace({ name: runId });
  return {
    record(i) {
      const { type, tool, model, input, output, duration_ms, ts, ...metadata } = wire(runId, i);
      const startTime = new Date(ts * 1000 - duration_ms);
      const common = { input, output, metadata, startTime, endTime: new Date(ts * 1000) };
      if (type === "tool_call") trace.span({ name: tool, ...common });
      else trace.generation({ name: type, model, ...common });
    },
    close: () => client.shutdownAsync(),
  };
}

class OfflineLangfuse extends Langfuse {
  async fetch() {
    return new Response('{"successes":[],"errors":[]}', { status: 207 });
  }
}
