import { recordIssues, summarize } from "@step-log/core";
import { beforeEach, describe, expect, test } from "vitest";
import { collect } from "./support/collect.ts";
import { filesIn, folder, skipWithoutData, valuesOf } from "./support/real-data.ts";

beforeEach(skipWithoutData);

const sum = (numbers: readonly number[]) => numbers.reduce((total, it) => total + it, 0);

describe("Claude Code", () => {
  test("a response counts once, with its last usage, however many lines it stands on", async () => {
    const counts = [];
    for (const path of filesIn("claude-code")) {
      const usage = new Map();
      for (const line of valuesOf(path)) {
        if (line?.type === "assistant") usage.set(line.message.id, line.message.usage);
      }
      const of = (key: string) => sum([...usage.values()].map((it) => it?.[key] ?? 0));
      const { records, bad } = await collect(path);
      expect(bad).toEqual([]);
      const { llmCallCount, tokens } = await summarize(records);
      counts.push(llmCallCount);
      expect(llmCallCount).toBe(usage.size);
      const cached = of("cache_read_input_tokens") + of("cache_creation_input_tokens");
      expect(tokens).toMatchObject({
        input: of("input_tokens") + cached,
        output: of("output_tokens"),
        cacheRead: of("cache_read_input_tokens"),
      });
    }
    expect(counts.slice(0, 2)).toEqual([51, 16]);
  });

  test("every result of a tool is a call, with its input and the time that it took", async () => {
    const { records } = await collect(`${folder}claude-code/3f_603dd13c2c_0_full.jsonl`);
    const tools = records.filter((it) => it.type === "tool_call");
    expect(tools).toHaveLength(45);
    expect(tools.every((it) => it.tool !== "unknown" && it.input !== null)).toBe(true);
    expect(tools.every((it) => (it.duration_ms ?? -1) >= 0)).toBe(true);
  });
});

describe("Codex", () => {
  test("each rollout sums up to the cumulative total that it logged last", async () => {
    for (const path of filesIn("codex-rollouts")) {
      const counts = valuesOf(path).filter((line) => line.payload.type === "token_count");
      const total = counts.at(-1).payload.info.total_token_usage;
      const { records, bad } = await collect(path);
      expect(bad).toEqual([]);
      expect(await summarize(records)).toMatchObject({
        llmCallCount: counts.length,
        totalTokens: total.total_tokens,
        tokens: { cacheRead: total.cached_input_tokens, reasoning: total.reasoning_output_tokens },
      });
    }
  });

  test("sub-agents name the run that began them", async () => {
    const { records } = await collect(`${folder}codex-rollouts`);
    const starts = records.filter((it) => it.type === "run_start");
    const children = starts.filter((it) => it.parent_run_id !== null);
    expect(starts).toHaveLength(4);
    expect(children).toHaveLength(2);
    for (const { parent_run_id, root_run_id } of children) {
      expect(starts.some((it) => it.run_id === parent_run_id && it.parent_run_id === null)).toBe(
        true,
      );
      expect(root_run_id).toBe(parent_run_id);
    }
  });
});

test("the session of pi has every call with the tokens that it cost", async () => {
  const path = `${folder}pi-mono/large-session.jsonl`;
  const { records, bad } = await collect(path);
  expect(bad).toEqual([]);
  const replies = valuesOf(path).filter((line) => line.message?.role === "assistant");
  const calls = records.filter((it) => it.type === "llm_call");
  expect(calls.map((it) => it.input_tokens)).toEqual(
    replies.map(({ message: { usage } }) => usage.input + usage.cacheRead + usage.cacheWrite),
  );
  expect(await summarize(records)).toMatchObject({
    totalTokens: 47_609_906,
    llmCallCount: 453,
    toolCallCount: 373,
    llmCallsWithoutUsage: 0,
  });
});

test("the 200 runs of tau-bench have their calls, and nothing that nobody knows", async () => {
  const { records, bad } = await collect(`${folder}tau-bench`);
  expect(bad).toEqual([]);
  expect(await summarize(records)).toMatchObject({
    runs: 200,
    llmCallCount: 2454,
    llmCallsWithoutUsage: 2454,
    toolCallCount: 1164,
    totalTokens: 0,
  });
  const calls = records.filter((it) => it.type === "llm_call");
  expect(new Set(calls.flatMap((it) => [it.model, it.stop_reason, it.duration_ms]))).toEqual(
    new Set([null]),
  );
});

test("Inspect's samples are runs of their evaluation, with the tokens that it sums up", async () => {
  const { records, bad } = await collect(`${folder}inspect`);
  expect(bad).toEqual([]);
  const browser = valuesOf(`${folder}inspect/2025-05-12T20-27-36-04-00_browser.json`)[0];
  const [sample] = browser.samples;
  expect(sample.events).toHaveLength(43);
  const own = records.filter((it) => it.run_id === sample.uuid);
  expect(await summarize(own)).toMatchObject({
    status: "ok",
    llmCallCount: 5,
    toolCallCount: 4,
    tokens: { input: 15_235, output: 281, cacheRead: 9_088 },
  });
  const zipped = records.filter((it) => it.run_id.startsWith("2wRuCQ9hGYaGPyAdoobgYV"));
  expect(await summarize(zipped)).toMatchObject({
    runs: 11,
    llmCallCount: 10,
    tokens: { input: 620, output: 20 },
  });
});

test("SWE-agent, mini-SWE-agent and managed agents have every step", async () => {
  const counts = async (name: string) => {
    const { records, bad } = await collect(folder + name);
    expect(bad).toEqual([]);
    const { llmCallCount, toolCallCount, runs } = await summarize(records);
    return { runs, llmCallCount, toolCallCount };
  };
  expect(await counts("swe-agent")).toEqual({ runs: 2, llmCallCount: 34, toolCallCount: 34 });
  expect(await counts("mini-swe-agent")).toEqual({ runs: 1, llmCallCount: 10, toolCallCount: 10 });
  expect(await counts("langsmith")).toEqual({ runs: 4, llmCallCount: 9, toolCallCount: 5 });
});

test("recorded responses of providers and HTTP archives give a call each", async () => {
  const responses = await collect(`${folder}vercel-ai-fixtures`);
  // Two lines of the recordings are no JSON.
  expect(responses.bad.map(({ location }) => location?.replace(/.*__/, ""))).toEqual([
    "parallel-tool-call-wrapper.1.chunks.txt",
    "parallel-tool-call-wrapper.1.chunks.txt",
  ]);
  const archives = await collect(`${folder}openllmetry-har`);
  expect(archives.bad).toEqual([]);
  const { llmCallCount } = await summarize(archives.records);
  // The others are of no model, or of an API whose usage is not read: Gemini, and models of Bedrock.
  expect(archives.records.filter((it) => it.type === "wire_call")).toHaveLength(28);
  expect(llmCallCount).toBe(22);
});

test("encrypted content stays as it is, whatever it looks like", async () => {
  const paths = filesIn("vercel-ai-fixtures").filter((it) => /compaction|encrypted/.test(it));
  expect(paths.length).toBeGreaterThan(2);
  for (const path of paths) {
    const [safe, plain] = [await collect(path), await collect(path, { redact: false })];
    expect(safe.records).toEqual(plain.records);
  }
});

test("all records are valid, and every file has a format", async () => {
  const { records, bad } = await collect(folder);
  const reasons = bad.filter(
    ({ location }) => !/SOURCES\.md|parallel-tool-call/.test(location ?? ""),
  );
  expect(reasons).toEqual([]);
  expect(records.flatMap(recordIssues)).toEqual([]);
});
