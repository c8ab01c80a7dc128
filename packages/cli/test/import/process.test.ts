import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtCli } from "../support/built-cli.ts";
import { claudeSession } from "../support/claude-session.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "step-log-cli-"));
});
afterAll(() => rmSync(cwd, { recursive: true }));

test("Ctrl-C ends an import that waits for more with 130, and leaves nothing half", async () => {
  const seen = new Set<string | null>();
  const watcher = watch(cwd, (_change, name) => seen.add(name));
  const command = spawn(process.execPath, [builtCli(), "import", "-", "--out", "out"], { cwd });
  command.stdin.write(claudeSession("s1", 50));
  while (!seen.has("out")) await Promise.race([once(watcher, "change"), ended(command)]);
  watcher.close();
  command.kill("SIGINT");
  const [exitCode] = await once(command, "exit");
  expect(exitCode).toBe(130);
  expect(readdirSync(join(cwd, "out"))).toEqual([]);
});

async function ended(command: ReturnType<typeof spawn>): Promise<never> {
  const [exitCode] = await once(command, "exit");
  throw new Error(`ended with ${exitCode}`);
}

test("what reads an export may stop reading", () => {
  writeFileSync(join(cwd, "s.jsonl"), claudeSession("s1", 3_000));
  const export_ = `"${process.execPath}" "${builtCli()}" export s.jsonl --format csv`;
  const shell = `${export_} | head -1; exit \${PIPESTATUS[0]}`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", shell], { cwd, encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  expect(stdout).toMatch(/^run_id,step,type,[^\n]*\r\n$/);
});
