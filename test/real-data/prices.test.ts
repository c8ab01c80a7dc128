import { beforeEach, expect, test } from "vitest";
import { type LlmCallRecord, memorySink, type StepRecord } from "../../packages/core/src/index.ts";
import { costOf, usageOf } from "../../packages/usage/src/index.ts";
import { CLAUDE_CODE_FILES, claudeCode } from "./claude-code.ts";
import { CODEX_FILES, codexRollouts } from "./codex-rollout.ts";
import { dataLines, skipWithoutData } from "./data-folder.ts";
import { PI_FILE, piSession } from "./pi-session.ts";
import type { Foreign, RealRun } from "./real-run.ts";
import { recordRuns } from "./record-runs.ts";

beforeEach(skipWithoutData);

test("every call of the session of pi is priced as its log states it, to a millionth of a dollar", () => {
  const replies: Foreign[] = dataLines(PI_FILE).filter((it) => it.message?.role === "assistant");
  const calls = recorded(piSession()).filter(isCall);
  expect(calls).toHaveLength(453);
  calls.forEach((call, i) => {
    const { timestamp, message } = replies[i];
    const { usd } = costOf({ ...call, ts: Date.parse(timestamp) / 1000 });
    expect(Math.abs((usd ?? Number.NaN) - message.usage.cost.total)).toBeLessThan(1e-6);
  });
});

test("the session of pi comes to the total of its log", () => {
  const calls: Foreign[] = dataLines(PI_FILE).flatMap((line) => line.message?.usage?.cost ?? []);
  const stated = calls.reduce((sum, cost) => sum + cost.total, 0);
  const { totalUsd, unpricedCalls, failed, cacheSavingsUsd } = usageOf(
    recorded(piSession()),
  ).report();
  expect(totalUsd).toBeCloseTo(stated, 6);
  expect(totalUsd).toBeCloseTo(30.3301977, 6);
  expect(unpricedCalls).toBe(0);
  expect(failed.calls).toBe(22); // 21 aborted, 1 failed
  // Reads from the cache cost a tenth; without it this session had been several times as dear.
  expect(cacheSavingsUsd).toBeGreaterThan(100);
});

test("each rollout of Codex has the tokens of its log, all priced, sub-agents with their parent once", () => {
  const runs = codexRollouts();
  const { byRun, totalUsd, unpricedCalls } = usageOf(recorded(runs)).report();
  expect(unpricedCalls).toBe(0);
  const stated = CODEX_FILES.map((file) => {
    const counts = dataLines(file).filter((line) => line.payload.type === "token_count");
    return counts.at(-1).payload.info.total_token_usage;
  });
  runs.forEach(({ runId }, i) => {
    expect(byRun[runId]?.tokens).toEqual({
      input: stated[i].input_tokens,
      output: stated[i].output_tokens,
      cacheRead: stated[i].cached_input_tokens,
      cacheWrite: 0,
      reasoning: stated[i].reasoning_output_tokens,
    });
    // gpt-5.4, below 272,000 input tokens a call: 2.50, cached 0.25, output 15 dollars a million.
    expect(byRun[runId]?.totalUsd).toBeCloseTo(
      ((stated[i].input_tokens - stated[i].cached_input_tokens) * 2.5 +
        stated[i].cached_input_tokens * 0.25 +
        stated[i].output_tokens * 15) /
        1e6,
      9,
    );
  });
  const [alone, parent, ...children] = runs.map(({ runId }) => byRun[runId]);
  const family = [parent, ...children].reduce((sum, run) => sum + (run?.totalUsd ?? 0), 0);
  expect(children).toHaveLength(2);
  expect(parent?.withChildren.totalUsd).toBeCloseTo(family, 9);
  expect(totalUsd).toBeCloseTo(family + (alone?.totalUsd ?? 0), 9);
});

test("a response of Claude Code is paid for once, however many lines it has", () => {
  const runs = claudeCode();
  const { byRun, unpricedModels } = usageOf(recorded(runs)).report();
  CLAUDE_CODE_FILES.forEach((file, i) => {
    const lines = dataLines(file).filter((line) => line?.type === "assistant");
    const usages = new Map<string, Foreign>(
      lines.map(({ message }) => [message.id, message.usage]),
    );
    const tokens = (of: Iterable<Foreign>, key: string) =>
      [...of].reduce((sum, usage) => sum + (usage?.[key] ?? 0), 0);
    const read = tokens(usages.values(), "cache_read_input_tokens");
    const found = byRun[runs[i]?.runId ?? ""];
    expect(found).toMatchObject({
      calls: usages.size,
      tokens: { output: tokens(usages.values(), "output_tokens"), cacheRead: read },
    });
    // Opus 4.5: 5, written to the cache 6.25, read from it 0.50, output 25 dollars a million.
    if (i < 2) {
      expect(found?.totalUsd).toBeCloseTo(
        (tokens(usages.values(), "input_tokens") * 5 +
          tokens(usages.values(), "cache_creation_input_tokens") * 6.25 +
          read * 0.5 +
          tokens(usages.values(), "output_tokens") * 25) /
          1e6,
        9,
      );
      const naive = lines.map(({ message }) => message.usage);
      expect(tokens(naive, "cache_read_input_tokens")).toBeGreaterThan(read * 2);
    }
  });
  expect({ ...unpricedModels }).toEqual({});
});

function recorded(runs: readonly RealRun[]): StepRecord[] {
  const sink = memorySink();
  recordRuns(runs, sink);
  return sink.records();
}

function isCall(record: StepRecord): record is LlmCallRecord {
  return record.type === "llm_call";
}
