// @ts-check
// Makes the JavaScript of the package in the current folder: each of its entry points one file, with
// a source map, so that an import opens one file and not fifty. Types are made by tsc, file by file.
import { readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

/** @type {{ exports: Record<string, string | Record<string, string>> }} */
const { exports } = JSON.parse(readFileSync("package.json", "utf8"));

const entryPoints = Object.values(exports).flatMap((target) => {
  const source = typeof target === "object" ? target["@step-log/source"] : undefined;
  return source === undefined ? [] : [source];
});

// What an earlier build left, under names that may be gone.
rmSync("dist/chunks", { recursive: true, force: true });

await build({
  entryPoints,
  outbase: "src",
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  // What several entry points, or a lazy import, share stands in a file of its own.
  splitting: true,
  packages: "external",
  platform: "neutral",
  format: "esm",
  target: "node20",
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "warning",
});
