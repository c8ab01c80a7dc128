import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { exitsWhenIdle } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "sink-testkit-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("passes a process that ends by itself", async () => {
  await exitsWhenIdle(script("ends.mjs", "setTimeout(() => {}, 10);"));
  await exitsWhenIdle(pathToFileURL(script("ends.mjs", "")));
});

it("hands flags and environment to the process", async () => {
  const path = script("env.mjs", "process.exit(process.env.WANTED === '0' ? 0 : 1);");
  await exitsWhenIdle(path, { env: { WANTED: "0" }, execArgv: ["--no-warnings"] });
});

it("fails a process that an open handle keeps alive", async () => {
  const path = script("stays.mjs", "setInterval(() => {}, 1_000);");
  await expect(exitsWhenIdle(path, { timeoutMs: 500 })).rejects.toThrow(/still alive after 500 ms/);
});

it("fails a process that ends with an error", async () => {
  const path = script("throws.mjs", "throw new Error('no sink');");
  await expect(exitsWhenIdle(path)).rejects.toThrow(/no sink/);
});

it("fails a process that waits for something that can no longer happen", async () => {
  const path = script("waits.mjs", "await new Promise(() => {});");
  await expect(exitsWhenIdle(path)).rejects.toThrow(/failed/);
});

it("fails a process that complains on stderr", async () => {
  const path = script("warns.mjs", "console.warn('careful');");
  await expect(exitsWhenIdle(path)).rejects.toThrow(/careful/);
});

function script(name: string, code: string): string {
  const path = join(folder, name);
  writeFileSync(path, code);
  return path;
}
