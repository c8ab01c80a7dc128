import { expect, test } from "vitest";
import { memorySink, StepLog, teeSink } from "../packages/core/src/index.ts";
import { busSink, eventBus, type RecordEvents } from "../packages/event-bus/src/index.ts";
import { type BudgetEvents, budgetSink } from "../packages/usage/src/index.ts";

test("a bus tells of records and of budgets, the threshold after the call that reached it", async () => {
  const bus = eventBus<RecordEvents & BudgetEvents>();
  const topics: string[] = [];
  bus.on("**", ({ topic }) => topics.push(topic));
  const heard: number[] = [];
  bus.on("budget.*", ({ payload }) => heard.push(payload.spentUsd));

  const budget = budgetSink({ limits: [{ per: "run", usd: 0.009 }], bus, thresholds: [1] });
  const log = new StepLog({ sink: teeSink(memorySink(), busSink(bus), budget), run: false });
  const tokens = { inputTokens: 1000, outputTokens: 100 };
  for (let i = 0; i < 3; i++) log.recordLlmCall({ model: "claude-sonnet-4-5", ...tokens });
  await bus.idle();

  expect(topics).toEqual(["step.llm_call", "step.llm_call", "step.llm_call", "budget.run"]);
  expect(heard).toEqual([0.009]);
});
