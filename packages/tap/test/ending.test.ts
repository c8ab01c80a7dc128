import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "step-log-ending-"));
afterAll(() => rmSync(folder, { recursive: true }));
const script = join(folder, "ending.mjs");
buildSync({
  entryPoints: [fileURLToPath(new URL("children/ending.ts", import.meta.url))],
  conditions: ["@step-log/source"],
  bundle: true,
  format: "esm",
  outfile: script,
  platform: "node",
});

describe("when the process ends", () => {
  it.for([
    ["exit", 3],
    ["by itself", 4],
  ] as const)("%s, what is open is recorded, and the exit code is its own", ([how, code]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, how], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect({ status, stderr }).toEqual({ status: code, stderr: "" });
    expect(stdout.trim().split("\n").toSorted()).toEqual([
      "http://h/hangs unfinished",
      "http://h/read complete",
      "http://h/unread unfinished",
    ]);
  });

  it("what nobody has any more is recorded when it is collected", () => {
    const code = `
      import { createTap } from ${JSON.stringify(join(folder, "tap.mjs"))};
      const tap = createTap({ fetch: async () => new Response("hello") });
      await tap.fetch("http://h/");
      for (let i = 0; i < 50 && tap.stats().open > 0; i++) {
        globalThis.gc();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      console.log(tap.last?.outcome, tap.stats().open);`;
    buildSync({
      entryPoints: [fileURLToPath(new URL("../src/index.ts", import.meta.url))],
      conditions: ["@step-log/source"],
      bundle: true,
      format: "esm",
      outfile: join(folder, "tap.mjs"),
      platform: "node",
    });
    const args = ["--expose-gc", "--input-type=module", "--eval", code];
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect({ stdout, stderr }).toEqual({ stdout: "unfinished 0\n", stderr: "" });
  });
});
