import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** Compiles a program of `children/`, since Node 20 does not run TypeScript. */
export function program(name: string): string {
  // Where its imports of packages are found.
  const folder = fileURLToPath(new URL("../node_modules/.step-log-test", import.meta.url));
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/${name}-${process.pid}.mjs`;
  buildSync({
    entryPoints: [fileURLToPath(new URL(`children/${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@step-log/source"],
  });
  return outfile;
}
