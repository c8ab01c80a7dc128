// @ts-check
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack, publicPackages, readJson } from "./packages.mjs";
import { mustRun, root } from "./run.mjs";

/**
 * Makes an empty project in a temporary folder and installs into it, with npm, the tarballs of all
 * public packages. It is removed when the process exits.
 *
 * @returns {string} the project's folder
 */
export function createConsumer() {
  const folder = mkdtempSync(join(tmpdir(), "step-log-consumer-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

  const tarballs = join(folder, "tarballs");
  mkdirSync(tarballs);
  const dependencies = Object.fromEntries(
    publicPackages().map((it) => [it.manifest.name, `file:${pack(it, tarballs)}`]),
  );
  const nodeTypes = readJson(`${root}/node_modules/@types/node/package.json`).version;
  const manifest = {
    name: "consumer",
    private: true,
    type: "module",
    dependencies,
    devDependencies: { "@types/node": nodeTypes },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
  mustRun("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder });
  return folder;
}
