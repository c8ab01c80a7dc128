import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { documents, examplesIn, masked } from "../scripts/lib/examples.mjs";
import { publicPackages } from "../scripts/lib/packages.mjs";
import { root } from "../scripts/lib/run.mjs";

const folder = mkdtempSync(join(tmpdir(), "step-log-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

// The packages as `node_modules` would have them, so that examples import them by name.
mkdirSync(join(folder, "node_modules/@step-log"), { recursive: true });
for (const { manifest, path } of publicPackages()) {
  symlinkSync(path, join(folder, "node_modules", manifest.name), "junction");
}

// For the dependencies that are CommonJS; under names that no source uses.
const REQUIRE = `import { createRequire as $createRequire } from "node:module";
const require = $createRequire(import.meta.url);`;

const pages = documents().filter((file) => examplesIn(file).length > 0);

describe.each(pages.map((file) => relative(root, file)))("%s", (page) => {
  test.for(examplesIn(join(root, page)))(
    "the example at line $line runs and prints what the page says",
    { timeout: 30_000 },
    ({ code, output }) => {
      const { status, stdout, stderr } = runFromSource(code);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      if (output !== undefined) expect(masked(stdout)).toBe(masked(output));
    },
  );
});

/** Runs an example in an empty folder, with the packages' sources bundled into it. */
function runFromSource(code: string) {
  const cwd = mkdtempSync(join(folder, "example-"));
  const script = join(cwd, "example.mjs");
  buildSync({
    stdin: { contents: code, loader: "ts", resolveDir: cwd },
    conditions: ["@step-log/source"],
    banner: { js: REQUIRE },
    bundle: true,
    format: "esm",
    outfile: script,
    platform: "node",
    target: "node20",
  });
  return spawnSync(process.execPath, [script], { cwd, encoding: "utf8", timeout: 20_000 });
}
