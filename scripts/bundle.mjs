// @ts-check
// Makes the JavaScript of the package in the current folder: each of its entry points one file, with
// a source map, so that an import opens one file and not fifty. Types are made by tsc, file by file.
import { readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

/**
 * @typedef {object} Manifest
 * @property {Record<string, string | Record<string, string>>} exports
 * @property {Record<string, string>} [bin]
 */

/** @type {Manifest} */
const { exports, bin = {} } = JSON.parse(readFileSync("package.json", "utf8"));

const entryPoints = Object.values(exports).flatMap((target) => {
  const source = typeof target === "object" ? target["@step-log/source"] : undefined;
  return source === undefined ? [] : [source];
});
for (const built of Object.values(bin)) {
  entryPoints.push(built.replace("/dist/", "/src/").replace(/\.js$/, ".ts"));
}

/**
 * `import … from "node:fs"` reads each export of it, also those that load all of Node's streams when
 * they are read: 2 of the 10 ms that importing fs-sink takes. This takes the functions alone.
 *
 * @type {import("esbuild").Plugin}
 */
const withoutStreams = {
  name: "node:fs without streams",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:fs$/ }, ({ path }) => ({
      path,
      namespace: "functions",
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: "functions" }, ({ path }) => {
      const properties = Object.getOwnPropertyDescriptors(process.getBuiltinModule("node:fs"));
      const names = Object.keys(properties).filter((name) => properties[name]?.get === undefined);
      return {
        contents: `export const { ${names.join(", ")} } = process.getBuiltinModule("${path}");`,
      };
    });
  },
};

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
  plugins: [withoutStreams],
  platform: "neutral",
  format: "esm",
  target: "node20",
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "warning",
});
