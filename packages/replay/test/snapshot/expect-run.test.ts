import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { expectRun, type SnapshotOptions } from "../../src/snapshot/index.ts";
import { type MadeStep, makeRun } from "../make-run.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-snapshot-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const newPath = () => join(folder, `snapshots-${++count}`, "run.json");

beforeEach(() => {
  vi.stubEnv("CI", "");
  vi.stubEnv("STEP_LOG_UPDATE_SNAPSHOTS", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const think: MadeStep = { model: "m", inputTokens: 10 };
const search = (query: string, output: unknown): MadeStep => ({
  tool: "search",
  input: { query },
  output,
});
const read: MadeStep = { tool: "read", input: { id: 7 }, output: "text" };
const usual = [think, search("Q3", ["doc-7"]), read, think];

/** Holds a run against the snapshot of another. */
async function statusOf(steps: readonly MadeStep[], options: SnapshotOptions = {}, error?: string) {
  const path = newPath();
  expectRun(await makeRun("first", usual)).toMatchSnapshot(path);
  const run = await makeRun("second", steps, error === undefined ? {} : { error });
  try {
    return expectRun(run, options).toMatchSnapshot(path).status;
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "ERR_ASSERTION" });
    return /: (\w+)\n/.exec((thrown as Error).message)?.[1];
  }
}

describe("a run and its snapshot", () => {
  test("are told apart by the worst that is true", async () => {
    expect(await statusOf(usual)).toBe("passed");
    expect(await statusOf([think, search("Q3", ["doc-8"]), read, think])).toBe("output_drift");
    expect(await statusOf([think, search("Q3", ["doc-7"]), read])).toBe("output_drift");
    expect(await statusOf([think, read, search("Q3", ["doc-7"]), think])).toBe("tools_reordered");
    expect(await statusOf([think, search("Q4", ["doc-7"]), read, think])).toBe("tools_changed");
    expect(await statusOf([think, read, think])).toBe("tools_changed");
    const failing: MadeStep = { tool: "read", input: { id: 7 }, error: "gone" };
    expect(await statusOf([think, search("Q3", ["doc-7"]), failing, think])).toBe("regression");
    expect(await statusOf(usual, {}, "broke off")).toBe("regression");
  });

  test("pass with what is allowed or ignored", async () => {
    const drifted = [think, search("Q3", ["doc-8"]), read, think];
    expect(await statusOf(drifted, { allow: ["output_drift"] })).toBe("output_drift");
    expect(await statusOf(drifted, { ignore: ["/output/*"] })).toBe("passed");
  });

  test("differ in no id, time or duration, unless they are to", async () => {
    const path = newPath();
    const call = (id: string, at: string, ms: number): MadeStep => ({
      tool: "order",
      input: { id: `order ${id}`, created_at: Date.parse(at) },
      output: { message: `done at ${at}`, toolu: "toolu_01A09q90qw90lq917835lq9", took_ms: ms },
    });
    const first = "0199f0aa-1111-7abc-8def-000000000001";
    const second = "0199f0aa-2222-7abc-8def-000000000002";
    expectRun(await makeRun("a", [call(first, "2026-01-02T03:04:05Z", 5)])).toMatchSnapshot(path);
    const run = await makeRun("b", [call(second, "2026-02-03T04:05:06.789Z", 7)]);
    expect(expectRun(run).toMatchSnapshot(path).status).toBe("passed");
    expect(readFileSync(path, "utf8")).toContain('"order <id>"');
    const exact = { volatile: { ids: false, times: false, durations: false } };
    expect(() => expectRun(run, exact).toMatchSnapshot(path)).toThrow(second);
  });

  test("differ in tokens by choice", async () => {
    const path = newPath();
    const options = { volatile: { tokens: false } };
    expectRun(await makeRun("a", [think]), options).toMatchSnapshot(path);
    const more = await makeRun("b", [{ model: "m", inputTokens: 11 }]);
    expect(() => expectRun(more, options).toMatchSnapshot(path)).toThrow("/input_tokens: 10 -> 11");
  });
});

describe("a snapshot", () => {
  test("is written where there is none, whole, and reads as JSON", async () => {
    const path = newPath();
    const run = await makeRun("a", usual);
    expect(expectRun(run).toMatchSnapshot(pathToFileURL(path))).toMatchObject({ written: true });
    expect(readdirSync(join(path, ".."))).toEqual(["run.json"]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      schema: "step-log-snapshot/1",
      status: "ok",
      steps: [{ type: "llm_call" }, { name: "search" }, { name: "read" }, { name: "m" }],
    });
    expect(expectRun(run).toMatchSnapshot(path)).toMatchObject({ written: false });
  });

  test("is not written in CI, where it would hold whatever happened", async () => {
    vi.stubEnv("CI", "true");
    const run = await makeRun("a", usual);
    expect(() => expectRun(run).toMatchSnapshot(newPath())).toThrow("none is written in CI");
  });

  test("is updated when the variable says so", async () => {
    const path = newPath();
    expectRun(await makeRun("a", usual)).toMatchSnapshot(path);
    const other = await makeRun("b", [think]);
    expect(() => expectRun(other).toMatchSnapshot(path)).toThrow("tools_changed");
    vi.stubEnv("STEP_LOG_UPDATE_SNAPSHOTS", "1");
    expect(expectRun(other).toMatchSnapshot(path)).toMatchObject({ written: true });
    vi.stubEnv("STEP_LOG_UPDATE_SNAPSHOTS", "");
    expect(expectRun(other).toMatchSnapshot(path)).toMatchObject({ status: "passed", lines: [] });
  });

  test("that is none is an error, and left as it is", async () => {
    const path = newPath();
    const run = await makeRun("a", usual);
    expectRun(run).toMatchSnapshot(path);
    for (const text of ["{", "[]", '{"schema":"step-log-snapshot/1","steps":[1]}']) {
      writeFileSync(path, text);
      expect(() => expectRun(run).toMatchSnapshot(path)).toThrow("is no snapshot");
      expect(readFileSync(path, "utf8")).toBe(text);
    }
    expect(() => expectRun(run).toMatchSnapshot(folder)).toThrow("cannot read the snapshot");
    expect(() => expectRun(run).toMatchSnapshot(join(path, "x.json"))).toThrow("snapshot");
  });

  test("that is not matched is told in lines to read", async () => {
    const path = newPath();
    expectRun(await makeRun("a", usual)).toMatchSnapshot(path);
    const run = await makeRun("run-b", [think, search("Q4", ["doc-7"]), think]);
    expect(() => expectRun(run).toMatchSnapshot(path)).toThrow(
      [
        `run run-b does not match its snapshot ${path}: tools_changed`,
        "  ~ tool_call search",
        '      /input/query: "Q3" -> "Q4"',
        '  - tool_call read {"id":7}',
        "if it is right so, run again with STEP_LOG_UPDATE_SNAPSHOTS=1",
      ].join("\n"),
    );
  });
});

test("works in node:test", { timeout: 60_000 }, async () => {
  const contents = `
    import { memorySink, StepLog } from "@step-log/core";
    import { expectRun } from ${JSON.stringify(new URL("../../src/snapshot/index.ts", import.meta.url).pathname)};
    import test from "node:test";
    for (const output of [1, 2]) test("run " + output, () => {
      const sink = memorySink();
      const log = new StepLog({ sink, runId: "r" });
      log.recordToolCall({ tool: "t", input: {}, output });
      log.end();
      expectRun(sink.records()).toMatchSnapshot("node-test.json");
    });`;
  const script = join(folder, "node.test.mjs");
  const stdin = { contents, resolveDir: import.meta.dirname };
  const conditions = ["@step-log/source"];
  buildSync({ stdin, conditions, bundle: true, format: "esm", outfile: script, platform: "node" });
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, CI: ___, ...env } = process.env;
  const run = promisify(execFile)(process.execPath, ["--test", script], { cwd: folder, env });
  const { stdout } = await run.catch((failed: { stdout: string }) => failed);
  expect(stdout).toMatch(/pass 1\b/);
  expect(stdout).toMatch(/fail 1\b/);
  expect(stdout).toContain("/output: 1 -> 2");
});
