import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterEach, expect, test } from "vitest";

const program = fileURLToPath(new URL("children/record-millions.ts", import.meta.url));
const MEBI = 1024 * 1024;

let folder = "";
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a run of five million records takes no more memory than one of a million", {
  // Some 20 s where nothing else runs.
  timeout: 180_000,
}, async () => {
  folder = await mkdtemp(join(tmpdir(), "step-log-"));
  const outfile = join(folder, "record-millions.mjs");
  await build({ entryPoints: [program], outfile, bundle: true, format: "esm", target: "node20" });
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", outfile]);
  const { heap, rss, ...counts } = JSON.parse(stdout);
  expect(heap).toHaveLength(5);
  for (const bytes of heap) expect(bytes - heap[0]).toBeLessThan(2 * MEBI);
  // Garbage that was not yet collected comes and goes; Node itself takes some 50 MiB.
  expect(Math.max(...rss)).toBeLessThan(200 * MEBI);
  expect(rss.at(-1) - rss[0]).toBeLessThan(32 * MEBI);

  const { steps, entries } = counts;
  expect(entries).toBeGreaterThanOrEqual(5_000_000);
  // What is no step: a step_start for each fifth, run_start and run_end.
  expect(entries - steps).toBe(Math.floor((steps + 3) / 5) + 2);
  expect(counts).toMatchObject({ recorded: entries, dropped: 0, totalSteps: steps });
  expect(counts).toMatchObject({ errorCount: Math.floor((steps + 2) / 5), unfinishedCount: 0 });
});
