import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";

/** Makes one file of a program in `children/`, which any Node can run, and gives its path. */
export function bundleChild(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "step-log-child-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, `${name}.mjs`);
  const program = fileURLToPath(new URL(`children/${name}.ts`, import.meta.url));
  buildSync({ entryPoints: [program], outfile, bundle: true, format: "esm", target: "node20" });
  return outfile;
}
