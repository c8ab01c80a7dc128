import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { madeRuns, writeRuns } from "../support/made-log.ts";
import { plain, runCli } from "../support/run-cli.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  writeRuns(`${folder}/logs`, madeRuns(60));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ids(...args: string[]): Promise<string[]> {
  const { stdout, exitCode } = await runCli(["ls", "logs", "--json", ...args], { cwd: folder });
  expect(exitCode).toBe(0);
  return JSON.parse(stdout).map((run: { run_id: string }) => run.run_id);
}

test("runs are listed, the newest first, with what each did", async () => {
  const { stdout } = await runCli(["ls", "logs", "--json"], { cwd: folder });
  const runs = JSON.parse(stdout);
  expect(runs).toHaveLength(60);
  expect(runs[0]).toEqual({
    run_id: "run-059",
    began: 1_772_409_600 + 59 * 86_400,
    duration_ms: 1_000_000,
    status: "error",
    steps: 20,
    llm_calls: 10,
    tool_calls: 10,
    errors: expect.any(Number),
    input_tokens: expect.any(Number),
    output_tokens: expect.any(Number),
    cost_usd: expect.any(Number),
    unpriced_calls: expect.any(Number),
    token_limit_hits: 0,
    agent: "research",
    task_type: null,
  });
});

test("a terminal gets 50, and is told how many were left out", async () => {
  const { stdout, stderr } = await runCli(["ls", "logs"], { cwd: folder, columns: 100 });
  const lines = plain(stdout).trimEnd().split("\n");
  expect(lines).toHaveLength(51);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(stderr).toContain("10 of 60 runs left out; --limit 60 shows all");
  const few = await runCli(["ls", "logs", "--limit", "3", "--csv"], { cwd: folder });
  expect(few.stdout.trim().split("\r\n")).toHaveLength(4);
  expect(few.stderr).toContain("57 of 60");
});

test("they can be sorted by what is known of each, what is not known last", async () => {
  const figures: Record<string, (run: Record<string, number>) => number> = {
    began: (run) => run["began"] ?? 0,
    duration: (run) => run["duration_ms"] ?? 0,
    steps: (run) => run["steps"] ?? 0,
    errors: (run) => run["errors"] ?? 0,
    tokens: (run) => (run["input_tokens"] ?? 0) + (run["output_tokens"] ?? 0),
    cost: (run) => run["cost_usd"] ?? -1,
  };
  for (const [sort, figure] of Object.entries(figures)) {
    const args = ["ls", "logs", "--json", "--sort", sort];
    const sorted = JSON.parse((await runCli(args, { cwd: folder })).stdout).map(figure);
    expect(sorted, sort).toEqual([...sorted].sort((a: number, b: number) => b - a));
    const reversed = JSON.parse((await runCli([...args, "--reverse"], { cwd: folder })).stdout);
    expect(reversed.map(figure), sort).toEqual(sorted.reverse());
  }
});

test("they can be chosen by status, agent, task type and time", async () => {
  expect(await ids("--status", "ok")).toHaveLength(20);
  expect(await ids("--status", "unfinished")).toHaveLength(20);
  expect(await ids("--agent", "support", "--task-type", "refund")).toHaveLength(10);
  expect(await ids("--since", "2026-03-03", "--until", "2026-03-05")).toEqual([
    "run-002",
    "run-001",
  ]);
  const failed = await ids("--failed");
  expect(failed.length).toBeGreaterThan(40);
  const wrong = await runCli(["ls", "logs", "--status", "fine"], { cwd: folder });
  expect(wrong.exitCode).toBe(2);
  const none = await runCli(["ls", "logs", "--agent", "nobody"], { cwd: folder });
  expect(none.stdout).toContain("no such runs");
});

test("a run that has not ended is running while its last record is new", async () => {
  mkdirSync(`${folder}/now`);
  const record = (run_id: string, agoS: number) =>
    `${JSON.stringify({ run_id, step: 1, type: "event", ts: Date.now() / 1000 - agoS, name: "x" })}\n`;
  writeFileSync(`${folder}/now/a.jsonl`, record("a", 60) + record("b", 3600));
  const { stdout } = await runCli(["ls", "now", "--jsonl"], { cwd: folder });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ run_id, status }) => [run_id, status])).toEqual([
    ["a", "running"],
    ["b", "unfinished"],
  ]);
});

test("a limit that is none is refused", async () => {
  for (const limit of ["0", "-1", "many"]) {
    const { exitCode, stderr } = await runCli(["ls", "logs", "--limit", limit], { cwd: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(limit);
  }
});
