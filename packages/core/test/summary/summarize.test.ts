import { describe, expect, it } from "vitest";
import type { StepRecord } from "../../src/record.ts";
import { summarize } from "../../src/summary/summarize.ts";
import { llmCall, toolCall } from "./records.ts";

describe("summarize", () => {
  it("sums up an array, a set or a generator at once", () => {
    function* steps(): Iterable<StepRecord> {
      yield llmCall();
      yield toolCall();
    }
    expect(summarize([llmCall(), toolCall()])).toEqual(summarize(steps()));
    expect(summarize(new Set([llmCall(), toolCall()])).totalSteps).toBe(2);
  });

  it("sums up what a source reads, later", async () => {
    async function* steps(): AsyncIterable<StepRecord> {
      yield llmCall();
      yield toolCall();
    }
    const summary = summarize(steps());
    expect(summary).toBeInstanceOf(Promise);
    expect(await summary).toEqual(summarize([llmCall(), toolCall()]));
  });

  it("rejects when the source fails", async () => {
    async function* broken(): AsyncIterable<StepRecord> {
      yield llmCall();
      throw new Error("the disk is gone");
    }
    await expect(summarize(broken())).rejects.toThrow("the disk is gone");
  });
});
