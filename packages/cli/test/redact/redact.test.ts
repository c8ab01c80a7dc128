import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { byteLines } from "../../src/redact/byte-lines.ts";
import { claudeSession } from "../support/claude-session.ts";
import { runCli } from "../support/run-cli.ts";

const SECRET = `sk-ant-api03-${"a1B2".repeat(8)}`;

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

/** As Python writes it: with spaces, which step-log would not. */
function line(step: number, input: object): string {
  const own = JSON.stringify({
    tool: "t",
    input,
    output: "ü",
    error: null,
    duration_ms: 1,
    ts: 1e9,
  });
  return `{"run_id": "r1", "step": ${step}, "type": "tool_call", ${own.slice(1)}\n`;
}

const write = (name: string, text: string | Uint8Array) => writeFileSync(join(cwd, name), text);
const read = (name: string) => readFileSync(join(cwd, name), "utf8");

test("values are replaced in a copy, and counted by name; other lines stay byte for byte", async () => {
  const lines = [
    line(1, { q: "nothing" }),
    line(2, { key: SECRET, text: `again ${SECRET}` }),
    "\n",
    line(3, { db: { password: "hunter22" }, list: ["plain"] }),
    line(4, {}).trimEnd(),
  ];
  write("a.jsonl", lines.join(""));
  const { stdout, stderr, exitCode } = await runCli(
    ["redact", "a.jsonl", "--out", "b.jsonl", "--json"],
    { cwd },
  );
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(JSON.parse(stdout)).toMatchObject({
    out: "b.jsonl",
    records: 4,
    changed_records: 2,
    replaced_values: 3,
    replaced_by_name: { password: 1 },
    bad_lines: 0,
  });
  const after = read("b.jsonl").split(/(?<=\n)/);
  expect([after[0], after[2], after[4]]).toEqual([lines[0], lines[2], lines[4]]);
  expect(after.join("")).not.toMatch(/sk-ant|hunter22/);
  expect(JSON.parse(after[3] ?? "")).toMatchObject({
    input: { db: { password: "[REDACTED:named]" }, list: ["plain"] },
  });
  expect(read("a.jsonl")).toBe(lines.join(""));
});

test("further names and patterns are those of the user", async () => {
  write("a.jsonl", line(1, { Customer_SSN: "x", note: "123-45-6789", internal_id: 7, other: 8 }));
  const { stdout } = await runCli(
    // biome-ignore format: an option and what it takes
    ["redact", "a.jsonl", "--out", "b.jsonl", "--names", "customerSsn", "/^internal/", "--patterns", "\\d{3}-\\d{2}-\\d{4}"],
    { cwd },
  );
  expect(JSON.parse(read("b.jsonl")).input).toEqual({
    Customer_SSN: "[REDACTED:named]",
    note: "[REDACTED:custom]",
    internal_id: "[REDACTED:named]",
    other: 8,
  });
  expect(stdout).toMatch(/^3 values replaced in 1 of 1 record; wrote b\.jsonl, \d+ B\n/);
  const wrong = await runCli(["redact", "a.jsonl", "--out", "c", "--patterns", "(x"], { cwd });
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain("(x is no regular expression");
});

test("lines that cannot be read are left out, or kept and looked through, and counted", async () => {
  write("a.jsonl", `${line(1, {})}{"torn": "${SECRET}\n${line(2, {})}`);
  const out = await runCli(["redact", "a.jsonl", "--out", "b.jsonl"], { cwd });
  expect(out.exitCode).toBe(1);
  expect(out.stderr).toContain("1 line could not be read: left out");
  expect(read("b.jsonl")).toBe(line(1, {}) + line(2, {}));
  const kept = await runCli(["redact", "a.jsonl", "--out", "c.jsonl", "--keep-bad-lines"], { cwd });
  expect(kept.exitCode).toBe(1);
  expect(read("c.jsonl")).toMatch(/\n\{"torn": "\[REDACTED:[\w-]+\]\n/);
});

test("a folder becomes a folder, packed files packed ones", async () => {
  const { mkdirSync } = await import("node:fs");
  mkdirSync(join(cwd, "logs"));
  write("logs/r1.jsonl", line(1, { key: SECRET }));
  write("logs/r2.jsonl.gz", gzipSync(line(1, { key: SECRET })));
  const { exitCode } = await runCli(["redact", "logs", "--out", "safe"], { cwd });
  expect(exitCode).toBe(0);
  expect(readdirSync(join(cwd, "safe")).sort()).toEqual(["r1.jsonl", "r2.jsonl.gz"]);
  expect(gunzipSync(readFileSync(join(cwd, "safe/r2.jsonl.gz"))).toString()).toBe(
    read("safe/r1.jsonl"),
  );
});

test("nothing is ever written over, and nothing half is left", async () => {
  write("a.jsonl", line(1, { key: SECRET }));
  const again = await runCli(["redact", "a.jsonl", "--out", "a.jsonl"], { cwd });
  expect(again).toMatchObject({ exitCode: 2, stdout: "" });
  expect(again.stderr).toContain("is there already; redact writes to new files only");
  expect(read("a.jsonl")).toContain(SECRET);
  const stop = new AbortController();
  stop.abort(new Error("interrupted"));
  const stopped = await runCli(["redact", "a.jsonl", "--out", "b.jsonl"], {
    cwd,
    signal: stop.signal,
  });
  expect(stopped.exitCode).toBe(130);
  expect(readdirSync(cwd)).toEqual(["a.jsonl"]);
});

test("a pattern that is too slow ends it, since secrets would stay", async () => {
  write(
    "a.jsonl",
    Array.from({ length: 12 }, (_, i) => line(i, { text: `${"a".repeat(26)}!` })).join(""),
  );
  const args = ["redact", "a.jsonl", "--out", "b.jsonl", "--patterns", "(a+)+$"];
  const { exitCode, stderr } = await runCli(args, { cwd });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("the pattern /(a+)+$/");
  expect(existsSync(join(cwd, "b.jsonl"))).toBe(false);
});

test("the log of another tool is for import", async () => {
  write("s.jsonl", claudeSession("s1", 1));
  const { exitCode, stderr } = await runCli(["redact", "s.jsonl", "--out", "b.jsonl"], { cwd });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("s.jsonl is the log of another tool; step-log import s.jsonl");
});

test("lines, put together, are the bytes that they were cut from", async () => {
  const pieces = fc.array(fc.uint8Array({ max: 12 }).map((it) => Buffer.from(it)));
  await fc.assert(
    fc.asyncProperty(pieces, fc.nat(5), async (given, max) => {
      const lines: Buffer[] = [];
      async function* source() {
        yield* given;
      }
      for await (const batch of byteLines(source(), max + 1))
        lines.push(...batch.map((it) => it.bytes));
      expect(Buffer.concat(lines)).toEqual(Buffer.concat(given));
    }),
  );
});
