import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { demoS3 } from "../demo-s3.js";

const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** The worker with the packages' sources in it, since Node 20 does not run TypeScript. */
function bundledWorker(): string {
  const folder = fileURLToPath(new URL("../node_modules/.step-log-test/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}worker-${process.pid}.mjs`;
  buildSync({
    entryPoints: [fileURLToPath(new URL("../worker.js", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@step-log/source"],
    external: ["@aws-sdk/client-s3", "@anthropic-ai/sdk"],
  });
  return outfile;
}

describe("the demo of a bucket", () => {
  let exitCode: number;
  const lines: string[] = [];

  beforeAll(async () => {
    exitCode = await demoS3({
      root: repository,
      workerPath: bundledWorker(),
      env: {},
      print: (line) => lines.push(line),
      columns: 80,
      color: false,
    });
  }, 60_000);

  test("ends well, with every record of every process read back", () => {
    expect(exitCode).toBe(0);
    const table = lines.slice(lines.indexOf("\nAll runs"));
    expect(table.filter((line) => /^ {2}(?:alone|together|killed) .* 0$/.test(line)).length).toBe(
      3,
    );
  });

  test("kills one process, of whose run the bucket has all but the end", () => {
    expect(lines.find((line) => line.includes("SIGKILL"))).toBeDefined();
    expect(lines.find((line) => /^ {2}stores \d+ records/.test(line))).not.toContain(" 0 records");
    expect(lines.find((line) => line.startsWith("  killed"))).toMatch(/ no +0$/);
    expect(lines.find((line) => line.startsWith("  alone"))).toMatch(/ yes +0$/);
  });

  test("merges the run that two processes shared", () => {
    expect(lines.find((line) => line.startsWith("  together"))).toMatch(/ 2 +2 +yes +0$/);
    const from = lines.findIndex((line) => line.startsWith("\nThe run of B and C"));
    const to = lines.findIndex((line) => line.startsWith("\nThe end of the run of D"));
    const steps = lines.slice(from + 1, to).map((line) => Number.parseInt(line, 10));
    // How many an agent takes depends on what it finds in the source.
    const last = Math.max(...steps);
    expect(last).toBeGreaterThan(5);
    const both = Array.from({ length: 2 * last }, (_, index) => 1 + (index >> 1));
    expect(steps.toSorted((a, b) => a - b)).toEqual([0, ...both]);
    expect(steps.lastIndexOf(1)).toBeLessThan(steps.indexOf(last));
  });

  test("is no wider than the terminal", () => {
    const widest = Math.max(...lines.flatMap((line) => line.split("\n")).map((it) => it.length));
    expect(widest).toBeLessThanOrEqual(80);
  });
});
