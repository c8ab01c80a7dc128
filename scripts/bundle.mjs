// @ts-check
// Makes the JavaScript of the package in the current folder: each of its entry points one file, with
// a source map, so that an import opens one file and not fifty. Types are made by tsc, file by file.
//
// What several entry points, or a lazy import, share stands in a file of its own, and each file that is
// opened takes 0.7 ms. With `--main-alone` the main entry point has all that it needs in itself, and what
// it shares with the others is there twice; so that must be nothing with a state or an identity.
import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
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
 * they are read, and makes a module of it: 4 of the 13 ms that importing fs-sink takes. This takes the
 * functions alone.
 *
 * @type {import("esbuild").Plugin}
 */
const functionsOfNode = {
  name: "functions of Node",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:(fs|path|timers\/promises|url)$/ }, ({ path }) => ({
      path,
      namespace: "functions",
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: "functions" }, ({ path }) => {
      const properties = Object.getOwnPropertyDescriptors(process.getBuiltinModule(path));
      const names = Object.keys(properties).filter((name) => properties[name]?.get === undefined);
      // Each by a call that may be left out, so that those stay that are needed.
      const taken = names.map((name) => `export const ${name} = /* @__PURE__ */ of("${name}");`);
      const of = `const of = (name) => process.getBuiltinModule("${path}")[name];`;
      return { contents: [of, ...taken].join("\n") };
    });
  },
};

// A variable, a collection to be filled, a class that `instanceof` or a private member may ask for.
const HAS_STATE = /^(?:export )?(?:let|class|const .* = (?:new \w+(?:<.*>)?\(\)|\[\]|\{\});)/m;

// What an earlier build left, under names that may be gone.
rmSync("dist/chunks", { recursive: true, force: true });

/** @satisfies {import("esbuild").BuildOptions} */
const options = {
  outbase: "src",
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  packages: "external",
  platform: "neutral",
  format: "esm",
  target: "node20",
  // Puts numbers in the place of constants, which would be variables otherwise, looked up at each use:
  // scanning a log takes 4 % less time.
  minifySyntax: true,
  sourcemap: "linked",
  sourcesContent: false,
  logLevel: "warning",
  metafile: true,
};

if (process.argv.includes("--main-alone")) await buildMainAlone();
else await build({ ...options, entryPoints, splitting: true, plugins: [functionsOfNode] });

async function buildMainAlone() {
  const main = "./src/index.ts";
  /** @type {Set<string>} */
  const lazy = new Set();
  /** @type {import("esbuild").Plugin} */
  const lazyApart = {
    name: "lazy imports apart",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
        if (kind !== "dynamic-import") return undefined;
        const source = `./${relative(".", join(resolveDir, path))}`;
        lazy.add(source);
        return { path: source.replace("/src/", "/").replace(/\.ts$/, ".js"), external: true };
      });
    },
  };
  const plugins = [functionsOfNode, lazyApart];
  const alone = await build({ ...options, entryPoints: [main], plugins });
  const others = [...entryPoints.filter((it) => it !== main), ...lazy];
  const rest = await build({
    ...options,
    entryPoints: others,
    splitting: true,
    plugins: [functionsOfNode],
  });
  const twice = Object.keys(alone.metafile.inputs).filter((it) => it in rest.metafile.inputs);
  const unfit = twice.filter(
    (it) => it.startsWith("src/") && HAS_STATE.test(readFileSync(it, "utf8")),
  );
  if (unfit.length === 0) return;
  throw new Error(`${unfit.join(", ")}: has a state or a class, and would be there twice`);
}
