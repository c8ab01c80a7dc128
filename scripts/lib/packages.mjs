// @ts-check
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mustRun, root } from "./run.mjs";

/** @typedef {{ name: string, version: string, private?: boolean }} Manifest */
/** @typedef {{ folder: string, path: string, manifest: Manifest }} Package */

/**
 * The packages that are published, in the order of their folders' names.
 *
 * @returns {Package[]}
 */
export function publicPackages() {
  return readdirSync(`${root}/packages`)
    .sort()
    .map((folder) => ({ folder, path: `${root}/packages/${folder}` }))
    .filter(({ path }) => existsSync(`${path}/package.json`))
    .map((found) => ({ ...found, manifest: readJson(`${found.path}/package.json`) }))
    .filter(({ manifest }) => !manifest.private);
}

/**
 * Packs a built package as it would be published.
 *
 * @param {Package} publicPackage
 * @param {string} destination a folder
 * @returns {string} the tarball's path
 */
export function pack(publicPackage, destination) {
  const args = ["pack", "--json", "--pack-destination", destination];
  return JSON.parse(mustRun("pnpm", args, { cwd: publicPackage.path }).stdout).filename;
}

/** @param {string} path */
export function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
