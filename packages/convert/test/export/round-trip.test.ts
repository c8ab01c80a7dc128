import type { StepRecord } from "@step-log/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ExportFormat, exportLog } from "../../src/index.ts";
import { runs } from "../support/arbitrary-records.ts";
import { collect } from "../support/collect.ts";
import { folder, skipWithoutData } from "../support/real-data.ts";

async function exported(records: readonly StepRecord[], format: ExportFormat): Promise<Uint8Array> {
  let whole = "";
  for await (const piece of exportLog(records, format)) whole += piece;
  return new TextEncoder().encode(whole);
}

async function thereAndBack(records: readonly StepRecord[], format: ExportFormat) {
  const { records: back, bad } = await collect(await exported(records, format), { redact: false });
  expect(bad).toEqual([]);
  return back;
}

describe.each(["otlp-json", "atif"] as const)("%s", (format) => {
  test("brings every run back as it was", async () => {
    const property = fc.asyncProperty(runs(), async (records) => {
      expect(await thereAndBack(records, format)).toEqual(records);
    });
    // What fails is printed with its seed.
    await fc.assert(property, { numRuns: 300 });
  });

  test.for([
    "claude-code",
    "codex-rollouts",
    "pi-mono",
    "tau-bench",
    "inspect",
    "langsmith",
    "swe-agent",
  ])("brings back what was imported of %s, and once more the same", async (name, context) => {
    skipWithoutData(context);
    const { records } = await collect(folder + name);
    const order = new Map([...new Set(records.map((it) => it.run_id))].map((id, i) => [id, i]));
    const byRun = (list: readonly StepRecord[]) =>
      list.toSorted(
        (a, b) => (order.get(a.run_id) ?? 0) - (order.get(b.run_id) ?? 0) || a.step - b.step,
      );
    const back = await thereAndBack(records, format);
    expect(byRun(back)).toEqual(byRun(records));
    expect(byRun(await thereAndBack(back, format))).toEqual(byRun(back));
  });
});
