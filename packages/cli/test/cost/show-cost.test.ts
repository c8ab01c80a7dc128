import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fsSource } from "@step-log/fs-sink";
import { Usage, usageToWire } from "@step-log/usage";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { madeRuns, writeRuns } from "../support/made-log.ts";
import { plain, runCli } from "../support/run-cli.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  writeRuns(`${folder}/logs`, madeRuns(30));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function cost(...args: string[]) {
  const { stdout, exitCode } = await runCli(["cost", "--json", ...args], { cwd: folder });
  expect(exitCode).toBe(0);
  return JSON.parse(stdout);
}

test("costs are those that @step-log/usage tells of the same records", async () => {
  const usage = new Usage();
  for await (const item of fsSource(`${folder}/logs/`).readAll()) usage.add(item);
  const report = usageToWire(usage.report()) as unknown as Report;
  const told = await cost("logs");
  expect(told.total_usd).toBeCloseTo(report.total_usd, 9);
  expect(told.cache_savings_usd).toBeCloseTo(report.cache_savings_usd, 9);
  const { calls, unpriced_calls, unpriced_models, unpriced_reasons, tokens } = report;
  expect(told).toMatchObject({ calls, unpriced_calls, unpriced_models, unpriced_reasons, tokens });
  for (const by of ["by_model", "by_run", "by_day", "by_provider", "by_task_type"]) {
    const expected = report[by] as unknown as Readonly<Record<string, Costs>>;
    expect(Object.keys(told[by]).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, { total_usd, calls, unpriced_calls, tokens }] of Object.entries(expected)) {
      expect(told[by][name], name).toMatchObject({ calls, unpriced_calls, tokens });
      if (total_usd === null) expect(told[by][name].total_usd, name).toBeNull();
      else expect(told[by][name].total_usd, name).toBeCloseTo(total_usd, 9);
    }
  }
});

type Report = Readonly<Record<string, object>> & {
  readonly total_usd: number;
  readonly cache_savings_usd: number;
};

interface Costs {
  readonly total_usd: number | null;
  readonly calls: number;
  readonly unpriced_calls: number;
  readonly tokens: object;
}

test("what has no price is named, told why, and never $0", async () => {
  const { stdout, stderr } = await runCli(["cost", "logs"], { cwd: folder, columns: 120 });
  expect(plain(stdout)).toMatch(
    /^\$[\d.]+, and \d+ calls without a price, for 300 calls of models/,
  );
  expect(plain(stdout)).toMatch(/^acme\/own-1 .* - +100 +-$/m);
  expect(stderr).toMatch(
    /calls have no price and are not in the total: acme\/own-1 \(\d+\), .*; .*the model/,
  );
});

test("own prices go before the list", async () => {
  const path = join(folder, "prices.json");
  writeFileSync(path, JSON.stringify([{ model: "*", usdPerMTok: { input: 1e6, output: 0 } }]));
  const own = await cost("logs", "--prices", "prices.json");
  expect(own.total_usd).toBeGreaterThan(own.tokens.input - 1e5);
  for (const [text, problem] of [
    ["nonsense", "is no JSON"],
    ['[{"model":""}]', "prices[0].model"],
    ['{"a":1}', "must be a list"],
  ]) {
    writeFileSync(path, text ?? "");
    const { exitCode, stderr, stdout } = await runCli(["cost", "logs", "--prices", "prices.json"], {
      cwd: folder,
    });
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(problem);
  }
  const missing = await runCli(["cost", "logs", "--prices", "none.json"], { cwd: folder });
  expect(missing.stderr).toContain("cannot be read (ENOENT)");
});

test("one table is that of --by, in every format", async () => {
  for (const [by, count] of Object.entries({
    model: 3,
    run: 30,
    day: 30,
    provider: 3,
    task_type: 3,
    agent: 2,
  })) {
    const args = ["cost", "logs", "--by", by];
    const { stdout } = await runCli([...args, "--jsonl"], { cwd: folder });
    expect(stdout.trim().split("\n"), by).toHaveLength(count);
    expect(Object.keys(JSON.parse(stdout.split("\n")[0] ?? ""))[0]).toBe(
      by === "run" ? "run_id" : by,
    );
    expect((await runCli([...args, "--markdown"], { cwd: folder })).stdout).toMatch(/^\| /);
  }
  const day = await cost("logs", "--since", "2026-03-04", "--until", "2026-03-05", "--by", "day");
  expect(Object.keys(day.by_day)).toEqual(["2026-03-04"]);
});

const data = fileURLToPath(new URL("../../../../../shared/data/", import.meta.url));

describe.skipIf(!existsSync(data))(
  "of recordings of other tools (skipped without ../shared/data)",
  () => {
    test("the session of pi costs what it says itself, over 453 calls", async () => {
      const told = await cost(`${data}pi-mono/large-session.jsonl`);
      expect(told).toMatchObject({ calls: 453, unpriced_calls: 0 });
      expect(told.total_usd).toBeCloseTo(30.3301977, 6);
      const stated = readFileSync(`${data}pi-mono/large-session.jsonl`, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .reduce((sum, line) => sum + (JSON.parse(line).message?.usage?.cost?.total ?? 0), 0);
      expect(told.total_usd).toBeCloseTo(stated, 6);
    });

    test("rollouts of Codex and transcripts of Claude Code are all priced, by run", async () => {
      const codex = await cost(`${data}codex-rollouts`);
      expect(codex.unpriced_calls).toBe(0);
      expect(Object.keys(codex.by_run).length).toBeGreaterThan(2);
      const runs = Object.values<Costs>(codex.by_run);
      expect(runs.reduce((sum, run) => sum + (run.total_usd ?? 0), 0)).toBeCloseTo(
        codex.total_usd,
        9,
      );
      expect((await cost(`${data}claude-code`)).total_usd).toBeGreaterThan(5);
    });
  },
);
