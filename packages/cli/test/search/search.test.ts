import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepLog } from "@step-log/core";
import { fsSink } from "@step-log/fs-sink";
import { afterAll, beforeAll, expect, test } from "vitest";
import { plain, runCli } from "../support/run-cli.ts";

const UUID = "0199f0a2-5b7e-7cc1-8d2a-1f2e3d4c5b6a";
const HOSTILE = "\u{1b}]0;owned\u{7}\u{202e}needle\r\n\u{9b}31m";

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  const sink = fsSink(`${cwd}/logs/`);
  const log = new StepLog({ runId: UUID, sink, run: { taskType: "support" } });
  log.recordLlmCall({ model: "m-1", inputTokens: 1, outputTokens: 1, stopReason: "end_turn" });
  await log.tool("search", { query: "Refund of order 4711" }, async () => ({
    results: [{ text: "the needle in the hay" }],
  }));
  const error = new Error(HOSTILE);
  log.recordToolCall({ tool: "get_order", input: { id: 7 }, error, durationMs: 2000 });
  log.tool("never_ends", { query: "a lost needle" }, () => new Promise(() => {}));
  await log.flush();
  const other = new StepLog({ runId: "run-b", sink });
  other.recordEvent("decision", { text: "x".repeat(900_000) });
  other.recordEvent("long".repeat(100_000), {});
  await other.close();
  await sink.flush();
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const search = (...args: string[]) => runCli(["search", ...args], { cwd });
const steps = async (...args: string[]) => JSON.parse((await search(...args, "--json")).stdout);

test("what is found is shown with run, step, type, name and where it stands", async () => {
  const found = await steps("Refund", "logs");
  expect(found).toMatchObject({ count: 1, bad_lines: 0 });
  expect(found.steps).toEqual([
    {
      run_id: UUID,
      step: 2,
      type: "tool_call",
      name: "search",
      ts: expect.any(Number),
      where: "input.query",
      match: "Refund",
      snippet: "Refund of order 4711",
    },
  ]);
});

test("a step that never ended is found by what it was called with, once", async () => {
  const { steps: found } = await steps("needle", "logs");
  expect(found.map(({ step, type, where }: never) => [step, type, where])).toEqual([
    [2, "tool_call", "output.results[0].text"],
    [3, "tool_call", "error"],
    [4, "step_start", "input.query"],
  ]);
});

test("exit code is 0 where something is found and 1 where nothing is, as with grep", async () => {
  expect(await search("Refund", "logs", "--count")).toMatchObject({ exitCode: 0, stdout: "1\n" });
  expect(await search("refund", "logs", "--count")).toMatchObject({ exitCode: 1, stdout: "0\n" });
  expect(await search("refund", "logs", "-i", "-c")).toMatchObject({ exitCode: 0 });
  expect(await search("nowhere", "logs")).toMatchObject({ exitCode: 1, stdout: "" });
});

test("texts are taken as they stand, or for a regular expression", async () => {
  expect((await steps("order \\d+", "logs")).count).toBe(0);
  expect((await steps("order \\d+", "logs", "--regex")).steps[0]).toMatchObject({
    match: "order 4711",
  });
  const wrong = await search("(", "logs", "--regex");
  expect(wrong).toMatchObject({ exitCode: 2 });
  expect(wrong.stderr).toContain("without --regex it is taken as it stands");
});

test("what stands across texts is found as JSON", async () => {
  expect((await steps('"id":7', "logs")).steps).toMatchObject([{ step: 3, where: "input" }]);
});

test("keys are found, with what stands behind them", async () => {
  expect((await steps("quer", "logs", "--tool", "search")).steps).toMatchObject([
    { where: "input", match: "quer", snippet: "query: Refund of order 4711" },
  ]);
});

test("parts, types, tools, runs and conditions narrow it down", async () => {
  const of = async (...args: string[]) =>
    (await steps(...args, "logs")).steps.map(({ step }: { step: number }) => step);
  expect(await of("needle", "--in", "input")).toEqual([4]);
  expect(await of("needle", "--type", "tool_call")).toEqual([2, 3]);
  expect(await of("needle", "--tool", "search")).toEqual([2]);
  expect(await of("needle", "--run", "run-b")).toEqual([]);
  expect(await of("", "--where", "duration_ms>1000", "--where", "error!=null")).toEqual([3]);
  expect(await of("m-1", "--model", "m-1")).toEqual([1]);
  expect(await of("needle", "--limit", "1")).toEqual([2]);
});

test("a mistyped part, type and field get the nearest", async () => {
  const said = async (...args: string[]) => (await search("x", "logs", ...args)).stderr;
  expect(await said("--in", "inptu")).toContain("there is no inptu; did you mean input?");
  expect(await said("--type", "toolcall")).toContain("did you mean tool_call?");
  expect(await said("--where", "modle=x")).toContain("did you mean model?");
});

test("people get one line a step that fits the terminal, with the place in colour", async () => {
  const { stdout } = await runCli(["search", "needle", "logs"], { cwd, columns: 120 });
  const lines = plain(stdout).trimEnd().split("\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
  expect(lines[0]).toContain(
    "0199f0a2-5b7e #2  tool_call search  output.results[0].text: the needle in",
  );
  expect(stdout).toContain("\u{1b}[31mneedle\u{1b}[39m");
});

test("nothing that stands in a log acts on the terminal", async () => {
  const { stdout } = await runCli(["search", "owned", "logs"], { cwd, columns: 120 });
  expect(plain(stdout)).toContain(String.raw`\u{1b}]0;owned\u{7}\u{202e}needle`);
  for (const live of ["\u{1b}]", "\u{7}", "\u{9b}", "\u{202e}", "\r"])
    expect(stdout).not.toContain(live);
});

test("a huge text gives a short line", async () => {
  for (const text of ["xxx", "long"]) {
    const { stdout } = await runCli(["search", text, "logs"], { cwd, columns: 120 });
    expect(stdout.split("\n")).toHaveLength(2);
    expect(plain(stdout).trimEnd().length).toBeLessThanOrEqual(120);
  }
});

test("rows come in every format, and bad lines are told", async () => {
  writeFileSync(`${cwd}/logs/run-b.jsonl`, "{oops\n", { flag: "a" });
  const csv = await search("Refund", "logs", "--csv");
  expect(csv.stdout).toMatch(/^run_id,step,type,name,ts,where,match,snippet\r\n0199/);
  expect(csv.stderr).toContain("1 line could not be read");
  expect((await search("Refund", "logs", "--jsonl")).stdout).toMatch(/^\{"run_id":"0199/);
  expect((await search("Refund", "logs", "--markdown")).stdout).toMatch(/^\| run id \| step \|/);
  expect((await steps("nowhere", "logs")).steps).toEqual([]);
});
