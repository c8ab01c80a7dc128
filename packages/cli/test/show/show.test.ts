import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeAgentLog } from "../support/agent-log.ts";
import { plain, runCli } from "../support/run-cli.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "step-log-show-"));
  writeAgentLog(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const show = (...args: string[]) => runCli(["show", ...args], { cwd: folder, columns: 100 });

test("the steps of a run are listed, what ran inside others standing in", async () => {
  const { stdout, exitCode } = await show("run-research.jsonl");
  expect(exitCode).toBe(0);
  const lines = plain(stdout).split("\n");
  expect(lines[0]).toContain(
    "run run-research: no end after 9.10 s, 2 model calls, 4 tool calls, 1 error",
  );
  expect(lines.find((it) => it.includes("Q3 revenue"))).toMatch(/^ +3 {2}tool {5}search/);
  expect(plain(stdout)).toMatch(/✗ 5 {2}tool {3}fetch_page +fetch failed: doc-9 is away/);
  expect(plain(stdout)).toMatch(/… 8 {2}tool {3}save_report +never ended/);
  expect(plain(stdout)).toContain("note: \\u{1b}[31mr");
});

test("steps are chosen by type and by whether they failed", async () => {
  const tools = await show("run-research.jsonl", "--type", "tool", "--jsonl");
  const names = tools.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).name);
  expect(names).toEqual(["delegate", "search", "search", "fetch_page", "save_report"]);
  const errors = await show("run-long.jsonl", "--errors", "--json");
  expect(JSON.parse(errors.stdout).steps).toHaveLength(50);
  const none = await show("run-reader.jsonl", "--errors");
  expect(plain(none.stdout)).toContain("no such steps");
});

test("other programs get all of it in snake_case", async () => {
  const { stdout } = await show("run-research.jsonl", "--json");
  const { steps, ...run } = JSON.parse(stdout);
  expect(run).toMatchObject({ run_id: "run-research", errors: 1, tool_calls: 4, status: null });
  expect(steps[5]).toMatchObject({
    ...{ step: 5, type: "tool_call", name: "fetch_page", state: "failed", duration_ms: 12 },
    ...{ about: "fetch failed: doc-9 is away", parent_step: null },
  });
  const csv = await show("run-research.jsonl", "--csv");
  expect(csv.stdout.split("\r\n")[0]).toBe(
    "step,type,name,state,about,after_ms,duration_ms,tokens,cost_usd,parent_step",
  );
});

test("a step is printed whole, with its error, its frames and what came before", async () => {
  const { stdout } = await show("run-research.jsonl", "--step", "5");
  expect(plain(stdout)).toContain("    at fetchPage (src/tools/fetch-page.ts:31:12)");
  expect(plain(stdout)).toContain(
    "caused by Error (ECONNREFUSED): connect ECONNREFUSED 10.0.0.9:443",
  );
  expect(plain(stdout)).toContain("url: https://intranet.example/doc-9");
  expect(plain(stdout)).toMatch(/By then the agent\n +had run for +6\.59 s/);
  const json = await show("run-research.jsonl", "--step", "5", "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({
    step: 5,
    record: { tool: "fetch_page", error_context: { type: "TypeError" } },
    before: { llm_calls: 1, tool_calls: 3, by_tool: { search: 2, delegate: 1 } },
  });
});

test("replay --step prints the same, terminal or not", async () => {
  const [shown, replayed] = await Promise.all([
    runCli(["show", "run-research.jsonl", "--step", "5"], { cwd: folder }),
    runCli(["replay", "run-research.jsonl", "--step", "5"], { cwd: folder }),
  ]);
  expect(replayed).toEqual(shown);
});

test("long values are cut on a terminal alone, with a note how to see all", async () => {
  const text = Array.from({ length: 500 }, (_, i) => `line ${i + 1}`).join("\n");
  const record = {
    run_id: "run-text",
    step: 1,
    type: "tool_call",
    tool: "cat",
    input: {},
    output: text,
  };
  appendFileSync(
    `${folder}/run-text.jsonl`,
    `${JSON.stringify({ ...record, error: null, duration_ms: 1, ts: 1 })}\n`,
  );
  const cut = await show("run-text.jsonl", "--step", "1");
  expect(plain(cut.stdout)).toContain("more lines: --full prints all");
  expect(plain(cut.stdout)).not.toContain("line 500");
  expect(plain((await show("run-text.jsonl", "--step", "1", "--full")).stdout)).toContain(
    "line 500",
  );
  const piped = await runCli(["show", "run-text.jsonl", "--step", "1"], { cwd: folder });
  expect(piped.stdout).toContain("line 500");
});

test("what cannot be done is said, with what can", async () => {
  const cases: readonly (readonly [args: string[], stderr: RegExp])[] = [
    [["show", ".", "--run", "run-x"], /there is no run run-x; there are:/],
    [["show", "run-long.jsonl", "--step", "900"], /has no step 900; its steps are 1 to 500/],
    [["show", "run-long.jsonl", "--step", "one"], /whole number/],
    [["show", "run-long.jsonl", "--step", "1", "--csv"], /--json/],
    [["replay", "run-long.jsonl"], /replay fills a terminal, and there is none; `step-log show`/],
    [["replay", "run-long.jsonl", "--json"], /give --step N/],
  ];
  for (const [args, said] of cases) {
    const { exitCode, stderr, stdout } = await runCli(args, { cwd: folder });
    expect({ args, exitCode, stdout }).toEqual({ args, exitCode: 2, stdout: "" });
    expect(stderr).toMatch(said);
  }
});
