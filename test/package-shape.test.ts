import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { publicPackages, readJson } from "../scripts/lib/packages.mjs";
import { root } from "../scripts/lib/run.mjs";

const packages = publicPackages();
const names = new Set(packages.map((it) => it.manifest.name));

test("the root tsconfig.json refers to every package", () => {
  const { references } = readJson(`${root}/tsconfig.json`);
  const paths = references.map((it: { path: string }) => it.path);
  expect(paths).toEqual(expect.arrayContaining(packages.map((it) => `packages/${it.folder}`)));
});

describe.each(packages)("packages/$folder", ({ folder, path }) => {
  const manifest = readJson(`${path}/package.json`);

  test("package.json has what every package has", () => {
    expect(manifest).toMatchObject({
      name: `@step-log/${folder}`,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      description: expect.stringMatching(/^[A-Z].*\.$/),
      keywords: expect.arrayContaining(["llm", "agent"]),
      license: "MIT",
      type: "module",
      engines: { node: "^20.19 || >=22.12" },
      publishConfig: { access: "public" },
    });
    expect(manifest).toHaveProperty("sideEffects");
    expect(manifest.files).toEqual(expect.arrayContaining(["dist", "!dist/.tsbuildinfo", "src"]));
    expect(manifest.exports).toHaveProperty(["./package.json"], "./package.json");
  });

  test("every entry in TypeScript has its source, its types and its code, in this order", () => {
    const entries = Object.values<string | Record<string, string>>(manifest.exports);
    for (const entry of entries.filter((it) => typeof it === "object")) {
      expect(Object.keys(entry)).toEqual(["@step-log/source", "types", "default"]);
      const source = entry["@step-log/source"] ?? "";
      expect(existsSync(`${path}/${source}`), source).toBe(true);
      const built = source.replace("./src/", "./dist/").replace(/\.ts$/, "");
      expect(entry).toMatchObject({ types: `${built}.d.ts`, default: `${built}.js` });
    }
  });

  test("tsconfig.json refers to the packages that package.json depends on", () => {
    const { extends: base, references = [] } = readJson(`${path}/tsconfig.json`);
    expect(base).toBe("../../tsconfig.base.json");
    const needed = Object.keys(manifest.dependencies ?? {}).filter((name) => names.has(name));
    const paths = references.map((it: { path: string }) => it.path);
    expect(paths.toSorted()).toEqual(
      needed.map((name) => name.replace("@step-log/", "../")).toSorted(),
    );
  });

  test("README.md is there, under the package's name", () => {
    expect(readFileSync(`${path}/README.md`, "utf8")).toMatch(`# ${manifest.name}\n`);
  });

  test("src/index.ts lists its exports by name, and nothing else", () => {
    const source = readFileSync(`${path}/src/index.ts`, "utf8").replaceAll(/\/\*.*?\*\//gs, "");
    const rest = source.replaceAll(/^export (type )?\{[^}]*\} from "\.\/[\w/-]+\.ts";$/gm, "");
    expect(rest.replaceAll(/^\/\/.*$/gm, "").trim()).toBe("");
  });

  test("dependencies are of the workspace or of its catalog", () => {
    for (const [name, range] of Object.entries<string>(manifest.dependencies ?? {})) {
      expect(range, name).toBe(names.has(name) ? "workspace:^" : "catalog:");
    }
  });
});
