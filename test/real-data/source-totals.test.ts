import { beforeEach, expect, test, vi } from "vitest";
import { memorySink, type Summary, summarize } from "../../packages/core/src/index.ts";
import { CLAUDE_CODE_FILES, claudeCode } from "./claude-code.ts";
import { CODEX_FILES, codexRollouts } from "./codex-rollout.ts";
import { dataFile, dataLines, skipWithoutData } from "./data-folder.ts";
import { PI_FILE, piSession } from "./pi-session.ts";
import type { Foreign, RealRun } from "./real-run.ts";
import { recordRuns } from "./record-runs.ts";
import { TAU_FILE, tauBench } from "./tau-bench.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeEach(skipWithoutData);

test("the session of pi sums up to its own usage, and has usage on every call", () => {
  const messages: Foreign[] = dataLines(PI_FILE).flatMap((line) => line.message ?? []);
  const replies = messages.filter((message) => message.role === "assistant");
  const results = messages.filter((message) => message.role === "toolResult");
  const [summary] = summaries(piSession());
  const tokens = (kind: string) => sum(replies.map((reply) => reply.usage[kind]));
  expect(summary).toMatchObject({
    llmCallCount: replies.length,
    toolCallCount: results.length,
    llmCallsWithoutUsage: 0,
    tokens: {
      input: tokens("input") + tokens("cacheRead") + tokens("cacheWrite"),
      output: tokens("output"),
      cacheRead: tokens("cacheRead"),
      cacheWrite: tokens("cacheWrite"),
      reasoning: 0,
    },
    errorCount:
      replies.filter((reply) => reply.errorMessage).length +
      results.filter((result) => result.isError).length,
    stopReasons: countBy(replies.map((reply) => reply.stopReason)),
  });
  expect(summary?.totalTokens).toBe(47_609_906);
  expect(callsIn(summary?.byModel)).toEqual(countBy(replies.map((reply) => reply.model)));
  expect(callsIn(summary?.byTool)).toEqual(countBy(results.map((result) => result.toolName)));
});

test("the 200 runs of tau-bench have as many calls as messages, and tokens that nobody knows", () => {
  const runs: Foreign[] = JSON.parse(dataFile(TAU_FILE));
  const found = summaries(tauBench());
  expect(found).toHaveLength(200);
  found.forEach((summary, i) => {
    const count = (role: string) =>
      runs[i].traj.filter((message: Foreign) => message.role === role).length;
    expect(summary).toMatchObject({
      llmCallCount: count("assistant"),
      toolCallCount: count("tool"),
      eventCount: runs[i].traj.length,
      llmCallsWithoutUsage: count("assistant"),
      totalTokens: 0,
      percentiles: { toolCall: { count: 0, p50: null } },
    });
  });
  const all = runs.flatMap((run) => run.traj);
  expect(summarizeAll(tauBench())).toMatchObject({
    runId: null,
    runs: 200,
    llmCallCount: 2454,
    toolCallCount: 1164,
    errorCount: all.filter(({ role, content }) => role === "tool" && /^Error/.test(content)).length,
  });
});

test("each rollout of Codex sums up to the cumulative total that it logged last", () => {
  const found = summaries(codexRollouts());
  CODEX_FILES.forEach((file, i) => {
    const counts = dataLines(file).filter((line) => line.payload.type === "token_count");
    const total = counts.at(-1)?.payload.info.total_token_usage;
    expect(found[i]).toMatchObject({
      llmCallCount: counts.length,
      totalTokens: total.total_tokens,
      tokens: {
        input: total.input_tokens,
        output: total.output_tokens,
        cacheRead: total.cached_input_tokens,
        reasoning: total.reasoning_output_tokens,
      },
    });
  });
});

test("sub-agents of Codex name the run that they belong to", () => {
  const sink = memorySink();
  recordRuns(codexRollouts(), sink);
  const starts = sink.records().filter((record) => record.type === "run_start");
  const [, parent] = codexRollouts().map(({ runId }) => runId);
  const parents = [null, null, parent, parent];
  expect(starts.map((start) => start.parent_run_id)).toEqual(parents);
  expect(starts.map((start) => start.root_run_id)).toEqual(parents);
});

test("a response of Claude Code counts once, with its last usage, however many lines it has", () => {
  const found = summaries(claudeCode());
  expect(found.slice(0, 2).map((summary) => summary.llmCallCount)).toEqual([51, 16]);
  CLAUDE_CODE_FILES.forEach((file, i) => {
    const usage = new Map<string, Foreign>();
    const lines = dataLines(file).filter((line) => line?.type === "assistant");
    for (const { message } of lines) usage.set(message.id, message.usage);
    const tokens = (kind: string) => sum([...usage.values()].map((it) => it?.[kind] ?? 0));
    const cacheRead = tokens("cache_read_input_tokens");
    const cacheWrite = tokens("cache_creation_input_tokens");
    expect(found[i]).toMatchObject({
      llmCallCount: usage.size,
      tokens: {
        input: tokens("input_tokens") + cacheRead + cacheWrite,
        output: tokens("output_tokens"),
        cacheRead,
        cacheWrite,
      },
    });
  });
});

function summaries(runs: readonly RealRun[]): Summary[] {
  return recordRuns(runs, memorySink()).map((log) => log.summarize());
}

function summarizeAll(runs: readonly RealRun[]): Summary {
  const sink = memorySink();
  recordRuns(runs, sink);
  return summarize(sink.records());
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function callsIn(tallies: Readonly<Record<string, { calls: number }>> = {}): object {
  return Object.fromEntries(Object.entries(tallies).map(([name, { calls }]) => [name, calls]));
}
