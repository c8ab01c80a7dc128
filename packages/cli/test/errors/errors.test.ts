import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepLog } from "@step-log/core";
import { fsSink } from "@step-log/fs-sink";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ErrorGroups } from "../../src/errors/error-groups.ts";
import { plain, runCli } from "../support/run-cli.ts";

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
  for (const [runId, seconds] of [
    ["run-a", 3],
    ["run-b", 4],
  ] as const) {
    const sink = fsSink(`${cwd}/logs/`);
    const log = new StepLog({ runId, sink });
    for (let call = 0; call < 4; call++) {
      const error = call < 2 ? new TypeError(`timed out after ${seconds + call} s`) : null;
      log.recordToolCall({ tool: "search", input: {}, output: [], error, durationMs: 12 });
    }
    log.recordLlmCall({ model: "m-1", error: new Error("overloaded \u{1b}[31m\u{202e}") });
    log.end({ status: "error", error: new Error("gave up") });
    await log.close();
    await sink.close();
  }
});
afterAll(() => rmSync(cwd, { recursive: true }));

test("the same errors are put together, with runs, share and where in the code", async () => {
  const { stdout, exitCode } = await runCli(["errors", "logs", "--json"], { cwd });
  expect(exitCode).toBe(0);
  const { error_count, errors } = JSON.parse(stdout);
  expect(error_count).toBe(8);
  expect(errors).toHaveLength(3);
  expect(errors[0]).toMatchObject({
    count: 4,
    calls: 8,
    share: 0.5,
    runs: 2,
    kind: "tool_call",
    name: "search",
    error_type: "TypeError",
    message: "timed out after # s",
    example_run: "run-b",
    example_step: 2,
    example_message: "timed out after 5 s",
  });
  expect(errors[0].frames[0].file).toContain("errors.test.ts");
  expect(errors[2] ?? errors[1]).toMatchObject({ calls: 2, share: 1, runs: 2 });
});

test("people get a table, the frames, and the command to look at the last one; nothing acts on the terminal", async () => {
  const { stdout } = await runCli(["errors", "logs"], { cwd, columns: 140 });
  const text = plain(stdout);
  expect(text).toMatch(/^ {4}4 +50 % +2 +tool +search +TypeError +timed out after # s/m);
  expect(text).toMatch(/^ {4}at .*errors\.test\.ts:\d+:\d+\)?$/m);
  expect(text).toContain("    step-log replay logs --run run-b --step 2\n");
  expect(text).toContain(String.raw`overloaded \u{1b}[31m\u{202e}`);
  expect(stdout).not.toContain("\u{1b}[31m\u{202e}");
});

test("errors are put together by tool, type or message alone", async () => {
  const by = async (what: string) => {
    const { stdout } = await runCli(["errors", "logs", "--by", what, "--json"], { cwd });
    return JSON.parse(stdout).errors;
  };
  expect(await by("tool")).toMatchObject([{ name: "search", count: 4 }, {}, {}]);
  const types = await by("type");
  // As many of both: the one that came last is first, and they may come within a millisecond.
  expect(types).toHaveLength(2);
  expect(types).toContainEqual(
    expect.objectContaining({ error_type: "Error", count: 4, kind: null, share: null }),
  );
  expect(types).toContainEqual(
    expect.objectContaining({ error_type: "TypeError", count: 4, share: 0.5 }),
  );
  expect((await by("message"))[0]).toMatchObject({ message: "timed out after # s", count: 4 });
});

test("one run, and a time, can be asked for; bad lines are told", async () => {
  writeFileSync(`${cwd}/logs/run-b.jsonl`, "{oops\n", { flag: "a" });
  const one = await runCli(["errors", "logs", "--run", "run-b", "--json"], { cwd });
  expect(JSON.parse(one.stdout)).toMatchObject({ error_count: 4, bad_lines: 1 });
  expect(one.stderr).toContain("1 line could not be read");
  const none = await runCli(["errors", "logs", "--until", "2001-01-01"], { cwd });
  expect(none).toMatchObject({ exitCode: 0, stdout: "no errors\n" });
});

test("however many different errors there are, memory stays bounded", () => {
  const groups = new ErrorGroups();
  for (let index = 0; index < 5_000; index++) {
    const word = [...String(index)].map((digit) => "abcdefghij"[Number(digit)]).join("");
    groups.add({
      run_id: `run-${index}`,
      step: 1,
      type: "tool_call",
      tool: word,
      input: null,
      output: null,
      error: `no ${word}`,
      duration_ms: 1,
      ts: index,
    });
  }
  const [largest] = groups.groups();
  expect(groups.groups()).toHaveLength(1001);
  expect(largest).toMatchObject({ count: 4000, message: "(other)", name: null, runs: 4000 });
});

test("records that hold something else than they should are no reason to stop", () => {
  const groups = new ErrorGroups();
  for (const odd of [{}, { error: 7, tool: 1 }, { error: {}, error_context: "x" }, { error: [] }]) {
    groups.add({ run_id: "r", step: 1, type: "tool_call", ts: 1, ...odd } as never);
  }
  expect(groups.errorCount).toBe(3);
});
