import { memorySink, StepLog } from "@step-log/core";
import { expect, test } from "vitest";
import { usageOf } from "../src/index.ts";
import { call } from "./calls.ts";

async function* later() {
  yield call();
}

test("records are added up from memory, as they come, and as a source has them", async () => {
  const store = memorySink();
  const log = new StepLog({ runId: "run-1", sink: store });
  log.recordLlmCall({ model: "claude-sonnet-4-5", inputTokens: 1000, outputTokens: 100 });
  await log.close();
  for (const usage of [
    usageOf([call()]),
    await usageOf(later()),
    await usageOf(store),
    await usageOf(store.read("run-1")),
    usageOf(store.records()),
  ]) {
    expect(usage.report()).toMatchObject({ calls: 1, totalUsd: 0.0045, badLines: 0 });
  }
});

test("options are those of Usage", () => {
  const options = { prices: [{ model: "*", usdPerMTok: { input: 1, output: 0 } }] };
  expect(usageOf([call()], options).report().totalUsd).toBe(0.001);
});
