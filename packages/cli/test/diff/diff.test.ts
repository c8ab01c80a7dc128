import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RESEARCH, writeAgentLog } from "../support/agent-log.ts";
import { plain, runCli } from "../support/run-cli.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "step-log-diff-"));
  writeAgentLog(folder);
  // Another query, a tool less, and a tool more.
  const lines = RESEARCH.replaceAll("run-research", "run-other")
    .replaceAll("Q3 revenue", "revenue of Q3")
    .split("\n")
    .filter((line) => !line.includes('fetch_page"'));
  const more = {
    run_id: "run-other",
    step: 9,
    type: "tool_call",
    tool: "send_mail",
    input: { to: "a@b" },
    output: null,
    error: null,
    duration_ms: 5,
    ts: 1_772_443_810,
  };
  writeFileSync(`${folder}/run-other.jsonl`, `${lines.join("\n")}${JSON.stringify(more)}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const diff = (...args: string[]) => runCli(["diff", ...args], { cwd: folder, columns: 100 });

test("two runs that differ: where they part on top, then what changed, exit code 1", async () => {
  const { stdout, exitCode } = await diff("run-research.jsonl", "run-other.jsonl");
  expect(exitCode).toBe(1);
  const text = plain(stdout);
  expect(text).toMatch(
    /They part at\n~ step 3 tool search\n {4}\/input\/query: "Q3 revenue" -> "revenue of Q3"/,
  );
  expect(text).toMatch(/Tools\n {2}only a called: fetch_page\n {2}only b called: send_mail\n/);
  expect(text).toMatch(/- step 5 tool fetch_page/);
  expect(text).toMatch(/\+ step 9 tool send_mail {2}a@b/);
  expect(stdout).toContain("\u{1b}[31m");
});

test("a run and itself are the same, exit code 0", async () => {
  const { stdout, exitCode } = await diff("run-research.jsonl", ".#run-research");
  expect(exitCode).toBe(0);
  expect(plain(stdout)).toContain("The runs are the same.");
});

test("runs are named with #, or with --run twice in one location", async () => {
  const [named, twice] = await Promise.all([
    diff(".#run-res", ".#run-oth", "--json"),
    diff(".", "--run", "run-res", "--run", "run-oth", "--json"),
  ]);
  expect(JSON.parse(named.stdout)).toMatchObject({
    run_ids: { a: "run-research", b: "run-other" },
    same: false,
    first_divergence: { kind: "changed", changes: [{ path: "/input/query" }] },
    tools: { added: ["send_mail"], dropped: ["fetch_page"] },
  });
  expect(twice.stdout).toBe(named.stdout);
  const one = await diff(".#run-res", "--run", "run-oth", "--json");
  expect(one.stdout).toBe(named.stdout);
});

test("places that may differ are ignored", async () => {
  const { stdout } = await diff(
    "run-research.jsonl",
    "run-other.jsonl",
    "--ignore",
    "/input/query",
    "--json",
  );
  expect(JSON.parse(stdout).counts).toMatchObject({ changed: 0 });
  const wrong = await diff("run-research.jsonl", "run-other.jsonl", "--ignore", "query");
  expect(wrong).toMatchObject({ exitCode: 2, stdout: "" });
});

test("long values are shown from where they begin to differ", async () => {
  const write = (name: string, output: string) => {
    const record = { run_id: name, step: 1, type: "tool_call", tool: "cat", input: {}, output };
    const line = JSON.stringify({ ...record, error: null, duration_ms: 1, ts: 1 });
    writeFileSync(`${folder}/${name}.jsonl`, `${line}\n`);
  };
  write("long-a", `${"same ".repeat(100)}old end`);
  write("long-b", `${"same ".repeat(100)}new end`);
  const { stdout } = await diff("long-a.jsonl", "long-b.jsonl");
  expect(plain(stdout)).toMatch(/\/output\n +- ….*old end"\n +\+ ….*new end"/);
});

test("what is missing is said", async () => {
  const none = await diff("run-research.jsonl");
  expect(none).toMatchObject({ exitCode: 2, stdout: "" });
  expect(none.stderr).toContain("give two runs to compare");
  const three = await diff(".", "--run", "a", "--run", "b", "--run", "c");
  expect(three.stderr).toContain("--run can be given twice");
});
