// The step-log command, in this process: logs are made, summed up by threads, and told as JSON.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { run } from "@step-log/cli";

const cwd = mkdtempSync(join(tmpdir(), "step-log-command-"));

/** @param {string[]} args */
async function stepLog(...args) {
  /** @type {string[]} */
  const pieces = [];
  const output = () =>
    new Writable({
      write(piece, _encoding, done) {
        pieces.push(String(piece));
        done();
      },
    });
  const { signal } = new AbortController();
  const env = { STEP_LOG_THREADS: "2" };
  const stdin = new PassThrough();
  const exitCode = await run(args, { stdin, stdout: output(), stderr: output(), env, cwd, signal });
  const printed = pieces.join("");
  assert.equal(exitCode, 0, printed);
  return printed;
}

try {
  assert.match(await stepLog("--version"), /^\d+\.\d+\.\d+\n$/);
  await stepLog("demo", "--out", "made");
  const stats = JSON.parse(await stepLog("stats", "made", "--json"));
  assert.equal(stats.runs, 48);
  assert.match(await stepLog("errors", "made"), /searchDocuments/);
  assert.match(await stepLog("show", "made", "--run", "latest"), /demo-048/);
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
