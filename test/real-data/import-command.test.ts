import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runCli } from "../../packages/cli/test/support/run-cli.ts";
import { CODEX_FILES } from "./codex-rollout.ts";
import { dataLines, skipWithoutData } from "./data-folder.ts";
import { PI_FILE } from "./pi-session.ts";

const data = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-import-"));
});
afterAll(() => rmSync(cwd, { recursive: true }));
beforeEach(skipWithoutData);

async function imported(...args: string[]) {
  const { stdout, exitCode } = await runCli(["import", ...args, "--json"], { cwd });
  return { exitCode, ...JSON.parse(stdout) };
}

async function summaryOf(location: string) {
  return JSON.parse((await runCli(["summarize", location, "--json"], { cwd })).stdout);
}

test("every recording is imported, and a second time leaves all of them alone", async () => {
  const first = await imported(data, "--out", "logs");
  // Two lines of one recording of a provider are no JSON; of no known format is only the list of sources.
  expect(first).toMatchObject({ exitCode: 1, problem_count: 2, left_out: 1, runs: { kept: 0 } });
  const places = first.problems.map(({ location }: { location: string }) => location);
  for (const place of places) expect(place).toContain("parallel-tool-call-wrapper.1.chunks.txt");
  expect(first.formats).toMatchObject({
    "claude-code": 6,
    codex: 4,
    pi: 1,
    "openai-messages": 1,
    "swe-agent": 2,
    "mini-swe-agent": 1,
    inspect: 3,
    "langsmith-events": 4,
  });
  const files = readdirSync(join(cwd, "logs"));
  expect(files.filter((it) => !it.startsWith("."))).toHaveLength(first.runs.new);
  expect(await summaryOf("logs")).toMatchObject({ runs: first.runs.new, bad_lines: 0 });
  const again = await imported(data, "--out", "logs");
  const none = { new: 0, grown: 0, replaced: 0, kept: 0 };
  expect(again.runs).toEqual({ ...none, unchanged: first.runs.new });
  expect(again.records).toBe(first.records);
  expect(readdirSync(join(cwd, "logs"))).toEqual(files);
});

test.each([
  // A response stands on several lines, and counts once.
  ["claude-code/3f_603dd13c2c_0_full.jsonl", { runs: 1, llm_call_count: 51, tool_call_count: 45 }],
  ["claude-code/72*", { runs: 1, llm_call_count: 16 }],
  ["pi-mono/large-session.jsonl", { runs: 1, llm_call_count: 453, total_tokens: 47_609_906 }],
  // No tokens and no times: unknown stays unknown.
  [
    "tau-bench",
    { runs: 200, llm_call_count: 2454, llm_calls_without_usage: 2454, total_tokens: 0 },
  ],
  ["swe-agent", { runs: 2, llm_call_count: 34, tool_call_count: 34 }],
  ["mini-swe-agent", { runs: 1, llm_call_count: 10, tool_call_count: 10 }],
  ["langsmith", { runs: 4, llm_call_count: 9, tool_call_count: 5 }],
])("%s sums up to what is known of it", async (name, known) => {
  const out = name.replaceAll(/\W/g, "-");
  expect(await imported(data + name, "--out", out)).toMatchObject({ exitCode: 0, problems: [] });
  expect(await summaryOf(out)).toMatchObject(known);
});

test("rollouts of Codex sum up to the cumulative totals that they logged last", async () => {
  const totals = CODEX_FILES.map((file) => {
    const counts = dataLines(file).filter((line) => line.payload.type === "token_count");
    return counts.at(-1)?.payload.info.total_token_usage.total_tokens;
  });
  const total_tokens = totals.reduce((sum, it) => sum + it, 0);
  await imported(`${data}codex-rollouts`, "--out", "codex");
  expect(await summaryOf("codex")).toMatchObject({ runs: 4, total_tokens });
});

test("the session of pi costs what it says itself", async () => {
  const costs = dataLines(PI_FILE).map((line) => line.message?.usage?.cost?.total ?? 0);
  await imported(data + PI_FILE, "--out", "pi");
  const { stdout } = await runCli(["cost", "pi", "--json"], { cwd });
  const { total_usd, unpriced_calls } = JSON.parse(stdout);
  expect(unpriced_calls).toBe(0);
  expect(total_usd).toBeCloseTo(
    costs.reduce((sum, it) => sum + it, 0),
    6,
  );
});
