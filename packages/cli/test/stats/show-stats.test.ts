import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { percentile, summarize, summaryToWire } from "@step-log/core";
import { fsSource } from "@step-log/fs-sink";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtCli } from "../support/built-cli.ts";
import { hasProgram } from "../support/has-program.ts";
import { type Made, madeRuns, writeRuns } from "../support/made-log.ts";
import { plain, runCli } from "../support/run-cli.ts";

interface ToolJson {
  readonly calls: number;
  readonly errors: number;
  readonly duration_ms: Readonly<Record<string, number>>;
}

let folder: string;
let records: readonly Made[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  records = writeRuns(`${folder}/logs`, madeRuns(40));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function stats(...args: string[]) {
  const { stdout, stderr, exitCode } = await runCli(["stats", "logs", ...args], { cwd: folder });
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return stdout;
}

const json = async (...args: string[]) => JSON.parse(await stats("--json", ...args));

test("counts are those of a summary of the same log", async () => {
  const told = await json();
  const summary = summaryToWire(await summarize(fsSource(`${folder}/logs/`).readAll()));
  const { by_tool, by_model, percentiles, status, duration_ms, total_tokens, run_id, ...counts } =
    summary as Record<string, never>;
  const tools = by_tool as unknown as Readonly<Record<string, ToolJson>>;
  expect(told).toMatchObject(counts);
  for (const [tool, { calls, errors, duration_ms: ms }] of Object.entries(tools)) {
    const { mean, ...spread } = ms;
    expect(mean).toBeGreaterThan(0);
    expect(told.by_tool[tool]).toMatchObject({ calls, errors, duration_ms: spread });
  }
});

test("figures are those that a program over the lines works out", async () => {
  const told = await json();
  const of = (type: string) => records.filter((record) => record["type"] === type);
  const search = of("tool_call").filter(({ tool }) => tool === "search");
  const ms = Float64Array.from(search, (record) => Number(record["duration_ms"])).sort();
  expect(told.by_tool.search).toMatchObject({
    calls: search.length,
    errors: search.filter(({ error }) => error !== null).length,
    duration_ms: { p50: percentile(ms, 0.5), p95: percentile(ms, 0.95), p99: percentile(ms, 0.99) },
  });
  const gpt = of("llm_call").filter(({ model }) => model === "gpt-5");
  expect(told.by_model["gpt-5"].tokens.input).toBe(
    gpt.reduce((sum, call) => sum + Number(call["input_tokens"]), 0),
  );
  const begins = new Map(of("run_start").map(({ run_id, ts }) => [run_id, Number(ts)]));
  const ends = new Map(records.map(({ run_id, ts }) => [run_id, Number(ts)]));
  const took = [...begins].map(([id, begin]) => ((ends.get(id) ?? 0) - begin) * 1000);
  expect(told.percentiles.run.p95).toBeCloseTo(
    percentile(
      took.sort((a, b) => a - b),
      0.95,
    ) ?? 0,
    3,
  );
  expect(told.runs_by_status).toMatchObject({ ok: 14, error: 13, unfinished: 13, running: 0 });
  expect(told.token_limit_runs).toEqual(
    Object.fromEntries([0, 5, 10, 15, 20, 25, 30, 35].map((run) => [runId(run), 1])),
  );
  expect(told.by_day["2026-03-03"]).toMatchObject({ runs: 1, llm_calls: 10, tool_calls: 10 });
  expect(told.by_task_type.refund.runs).toBe(14);
  expect(told.by_agent.research.runs).toBe(20);
});

const runId = (run: number) => `run-${String(run).padStart(3, "0")}`;

test("jq finds the same", async ({ skip }) => {
  if (!hasProgram("jq")) skip("no jq");
  const files = readdirSync(`${folder}/logs`).map((name) => join(folder, "logs", name));
  const program = `[inputs | select(.type == "tool_call")] | group_by(.tool)
    | map({key: .[0].tool, value: [length, (map(select(.error)) | length), (map(.duration_ms) | max)]}) | from_entries`;
  const found = JSON.parse(execFileSync("jq", ["-n", program, ...files], { encoding: "utf8" }));
  const { by_tool } = await json();
  for (const [tool, { calls, errors, duration_ms }] of Object.entries<ToolJson>(by_tool)) {
    expect([calls, errors, duration_ms["max"]]).toEqual(found[tool]);
  }
});

test("a call without a price is counted, and its cost is not known", async () => {
  const { by_model, total_usd, unpriced_calls } = await json();
  expect(by_model["acme/own-1"]).toMatchObject({ total_usd: null });
  expect(unpriced_calls).toBeGreaterThan(by_model["acme/own-1"].calls);
  writeFileSync(
    join(folder, "prices.json"),
    JSON.stringify([{ model: "acme/*", usdPerMTok: { input: 1, output: 4 } }]),
  );
  const own = await json("--prices", "prices.json");
  expect(own.by_model["acme/own-1"].total_usd).toBeGreaterThan(0);
  expect(own.total_usd).toBeGreaterThan(total_usd);
});

describe("the time", () => {
  test("can be narrowed, to days of any time zone", async () => {
    const told = await json("--since", "2026-03-03", "--until", "2026-03-05");
    expect(Object.keys(told.by_day)).toEqual(["2026-03-03", "2026-03-04"]);
    expect(told.runs).toBe(2);
    const tokyo = await json("--time-zone", "Asia/Tokyo");
    expect(Object.keys(tokyo.by_day)).toEqual(Object.keys((await json()).by_day));
    const honolulu = await json("--time-zone", "Pacific/Honolulu");
    expect(Object.keys(honolulu.by_day)[0]).toBe("2026-03-01");
  });

  test("or be refused", async () => {
    for (const args of [
      ["--since", "soon"],
      ["--time-zone", "Mars/Olympus"],
    ]) {
      const { exitCode, stderr, stdout } = await runCli(["stats", ...args, "logs"], {
        cwd: folder,
      });
      expect([exitCode, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(args[1]);
    }
  });
});

test("people get facts and tables that fit the terminal", async () => {
  for (const columns of [80, 200]) {
    const { stdout } = await runCli(["stats", "logs"], { cwd: folder, columns });
    const text = plain(stdout);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(text).toContain("40: 14 ok, 13 error, 13 unfinished");
    expect(text).toMatch(/^Runs that hit a limit of tokens\nrun id {2}.*\nrun-000/m);
    expect(text).toMatch(/^Days \(20 more: --by day\)$/m);
  }
});

test("one table is that of --by, in every format", async () => {
  const rows: Record<string, number> = {
    tool: 3,
    model: 3,
    task_type: 3,
    day: 40,
    agent: 2,
    stop_reason: 2,
  };
  for (const [by, count] of Object.entries(rows)) {
    const lines = (await stats("--by", by, "--jsonl"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(count);
    expect(Object.keys(lines[0])[0]).toBe(by);
    const csv = (await stats("--by", by, "--csv")).trim().split("\r\n");
    expect(csv).toHaveLength(count + 1);
    expect(csv[0]).toBe(Object.keys(lines[0]).join(","));
    expect(await stats("--by", by, "--markdown")).toMatch(/^\| /);
  }
  expect(await stats("--csv")).toBe(await stats("--by", "tool", "--csv"));
  const wrong = await runCli(["stats", "logs", "--by", "tol"], { cwd: folder });
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain("tool, model, task_type");
});

test("bad lines are counted in the answer, and told beside it; names are made visible", async () => {
  mkdirSync(`${folder}/odd`);
  const call = {
    run_id: "r\u001b[31m",
    step: 1,
    type: "tool_call",
    tool: "\u001b]0;x\u0007t",
    error: null,
  };
  writeFileSync(
    `${folder}/odd/r.jsonl`,
    `${JSON.stringify({ ...call, duration_ms: 1, ts: 1e9 })}\n{oops\n`,
  );
  const { stdout, stderr } = await runCli(["stats", "odd"], { cwd: folder, columns: 80 });
  expect(plain(stdout)).toContain("lines not read");
  expect(stdout).not.toContain("\u001b]0;");
  expect(stderr).toContain("1 line could not be read");
});

test("a log of several files, packed and large ones, has one answer, whatever the number of threads", async () => {
  const made = madeRuns(6, 3000);
  const lines = (run: readonly Made[]) =>
    run.map((record) => `${JSON.stringify(record)}\n`).join("");
  mkdirSync(`${folder}/large`);
  const [a = [], b = [], ...rest] = made;
  writeFileSync(`${folder}/large/run-000.20260302T184500123Z.jsonl`, lines(a.slice(0, 999)));
  writeFileSync(`${folder}/large/run-000.jsonl`, lines(a.slice(999)));
  writeFileSync(`${folder}/large/run-001.jsonl.gz`, gzipSync(lines(b)));
  writeFileSync(`${folder}/large/shared.jsonl`, lines(rest.flat()).repeat(8));
  const inProcess = await runCli(["stats", "large", "--json"], { cwd: folder });
  const run = builtCli();
  for (const threads of ["1", "3"]) {
    const options = { cwd: folder, env: { ...process.env, STEP_LOG_THREADS: threads } };
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [run, "stats", "large", "--json"],
      options,
    );
    expect(String(stderr)).toBe("");
    expect(JSON.parse(String(stdout))).toEqual(JSON.parse(inProcess.stdout));
  }
  // A line that stands twice begins the same step.
  expect(JSON.parse(inProcess.stdout).unfinished_count).toBe(2);
});

test("Ctrl-C ends it with exit code 130", async () => {
  const signal = AbortSignal.abort(new Error("interrupted"));
  expect(await runCli(["stats", "logs"], { cwd: folder, signal })).toMatchObject({
    exitCode: 130,
    stdout: "",
  });
});

test("of nothing it says so, and percentiles are not known", async () => {
  mkdirSync(`${folder}/none`);
  writeFileSync(`${folder}/none/a.jsonl`, "");
  const { stdout } = await runCli(["stats", "none"], { cwd: folder });
  expect(stdout).toContain("no calls of tools");
  const empty = JSON.parse((await runCli(["stats", "none", "--json"], { cwd: folder })).stdout);
  expect(empty).toMatchObject({
    runs: 0,
    error_rate: null,
    total_usd: 0,
    percentiles: { run: { p95: null } },
  });
});

test("logs of other tools, and what is piped in, are part of the same answer", async () => {
  const messages = [
    { role: "user", content: "hi" },
    { role: "assistant", content: "yes" },
  ];
  const foreign = `${JSON.stringify({ messages })}\n`;
  writeFileSync(`${folder}/messages.jsonl`, foreign);
  const own = await json();
  const { stdout } = await runCli(["stats", "logs", "messages.jsonl", "-", "--json"], {
    cwd: folder,
    stdin: foreign,
  });
  expect(JSON.parse(stdout)).toMatchObject({
    llm_call_count: own.llm_call_count + 2,
    tool_call_count: own.tool_call_count,
  });
});
