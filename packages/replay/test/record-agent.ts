import { type MemorySink, memorySink, StepLog } from "@step-log/core";
import { Replay } from "../src/index.ts";

/** Records a small run: a model, two tools of which one fails, an event, the model again. */
export async function recordAgent(
  sink: MemorySink = memorySink(),
  runId = "run-abc123",
): Promise<{ sink: MemorySink; runId: string; replay: Replay }> {
  const log = new StepLog({ sink, runId });
  const call = { model: "claude-sonnet-4-6", provider: "anthropic" };
  log.recordLlmCall({ ...call, inputTokens: 1200, outputTokens: 40, durationMs: 1840 });
  await log.tool("search", { query: "Q3 revenue" }, async () => ({ results: ["doc-7"] }));
  await log.tool("fetch_page", { id: "doc-7" }, () => fail()).catch(() => {});
  log.recordEvent("guardrail", { passed: true });
  log.recordLlmCall({ ...call, inputTokens: 2400, outputTokens: 90, stopReason: "end_turn" });
  await log.close();
  return { sink, runId, replay: await Replay.open(sink, runId) };
}

async function fail(): Promise<never> {
  throw Object.assign(new TypeError("page is away"), { code: "E_PAGE" });
}
