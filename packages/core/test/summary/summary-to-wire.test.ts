import { describe, expect, it } from "vitest";
import { summarize } from "../../src/summary/summarize.ts";
import { summaryToWire } from "../../src/summary/summary-to-wire.ts";
import { llmCall, toolCall } from "./records.ts";

describe("summaryToWire", () => {
  it("writes keys in snake_case, and the names of models, tools and stop reasons as they are", () => {
    const summary = summarize([
      llmCall({ model: "gpt-4oMini", stop_reason: "toolUse" }),
      toolCall({ tool: "byModel" }),
      toolCall({ tool: "__proto__" }),
    ]);
    const wire = JSON.parse(JSON.stringify(summaryToWire(summary)));
    expect(Object.keys(wire)).toEqual([
      "run_id",
      "runs",
      "total_steps",
      "llm_call_count",
      "tool_call_count",
      "event_count",
      "unfinished_count",
      "total_tokens",
      "tokens",
      "llm_calls_without_usage",
      "error_count",
      "token_limit_count",
      "dropped_count",
      "bad_lines",
      "duration_ms",
      "started_at",
      "ended_at",
      "status",
      "percentiles",
      "by_model",
      "by_tool",
      "stop_reasons",
    ]);
    expect(wire.percentiles.tool_call.p95).toBe(240);
    expect(wire.by_model["gpt-4oMini"].calls_without_usage).toBe(0);
    expect(wire.by_model["gpt-4oMini"].tokens.cache_read).toBe(0);
    expect(Object.keys(wire.by_tool)).toEqual(["byModel", "__proto__"]);
    expect(wire.by_tool.byModel.duration_ms.max).toBe(240);
    expect(wire.stop_reasons).toEqual({ toolUse: 1 });
  });
});
