import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterEach, expect, it } from "vitest";

const summarizer = fileURLToPath(new URL("../../src/summary/summarizer.ts", import.meta.url));

const script = `
  import { Summarizer } from "./summarizer.mjs";
  const summarizer = new Summarizer();
  const heap = [];
  for (let step = 1; step <= 5_000_000; step++) {
    summarizer.add({ run_id: "run-1", step, type: "tool_call", tool: "tool-" + (step % 20), input: null,
      output: null, error: null, duration_ms: (step * 7919) % 100_003 + 0.5, ts: 1748107200 + step });
    if (step % 1_000_000 === 0) {
      gc();
      heap.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers);
    }
  }
  const { toolCallCount, percentiles } = summarizer.summary();
  console.log(JSON.stringify({ heap, toolCallCount, p50: percentiles.toolCall.p50 }));
`;

let folder = "";

afterEach(() => rm(folder, { recursive: true, force: true }));

it("takes no more memory after five million calls than after one", {
  timeout: 60_000,
}, async () => {
  folder = await mkdtemp(join(tmpdir(), "step-log-"));
  const outfile = join(folder, "summarizer.mjs");
  await build({
    entryPoints: [summarizer],
    outfile,
    bundle: true,
    format: "esm",
    logLevel: "error",
  });
  await writeFile(join(folder, "run.mjs"), script);
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    join(folder, "run.mjs"),
  ]);
  const { heap, toolCallCount, p50 } = JSON.parse(stdout);
  expect(toolCallCount).toBe(5_000_000);
  // Every number from 0.5 to 100,002.5 comes about as often.
  expect(p50).toBeGreaterThan(50_002 * 0.99);
  expect(p50).toBeLessThan(50_002 * 1.01);
  expect(heap).toHaveLength(5);
  // 20 tools hold 21 series of 16 KiB; what a collector leaves behind varies by less than this.
  for (const bytes of heap) expect(Math.abs(bytes - heap[0])).toBeLessThan(256 * 1024);
});
