import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

let built: string | undefined;

/**
 * Bundles the command as it is published, with the program of its threads, since Node 20 does not run
 * TypeScript; gives the path of what to run.
 */
export function builtCli(): string {
  if (built !== undefined) return built;
  // Where its imports of packages are found.
  const outdir = join(here, `../../node_modules/.step-log-test/cli-${process.pid}`);
  mkdirSync(outdir, { recursive: true });
  const worker = { "./stats-worker": "./stats/stats-worker.js" };
  const manifest = { name: "@step-log/cli", type: "module", exports: worker };
  writeFileSync(join(outdir, "package.json"), JSON.stringify(manifest));
  buildSync({
    entryPoints: ["bin.ts", "stats/stats-worker.ts"].map((file) => join(here, "../../src", file)),
    outdir,
    outbase: join(here, "../../src"),
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@step-log/source"],
    external: ["@aws-sdk/*"],
    // Packages in CommonJS within an ES module.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: "error",
  });
  built = join(outdir, "bin.js");
  return built;
}
