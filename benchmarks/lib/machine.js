// @ts-check
import { readFileSync, statfsSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { local } from "./measure.js";

// Magic numbers of statfs(2).
const FILE_SYSTEMS = new Map([
  [0xef53, "ext4"],
  [0x9123683e, "btrfs"],
  [0x58465342, "xfs"],
  [0x2fc12fc1, "zfs"],
  [0x01021994, "tmpfs"],
  [0x794c7630, "overlayfs"],
  [0x6969, "nfs"],
  [0x1a, "apfs"],
]);

/**
 * What the figures were had on.
 *
 * @param {string} folder Where the files are written.
 */
export function machine(folder) {
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const magic = statfsSync(folder).type;
  return {
    date: new Date().toISOString(),
    cpu: `${model}, ${availableParallelism()} cores, ${arch()}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    fileSystem: FILE_SYSTEMS.get(magic) ?? `0x${magic.toString(16)}`,
    node: process.version,
    packages: {
      "@step-log/core": version("../packages/core"),
      "@step-log/fs-sink": version("../packages/fs-sink"),
      ...JSON.parse(readFileSync(local("peers/package.json"), "utf8")).dependencies,
    },
    loadAverage: load(),
  };
}

/** Processes that ran or wanted to, on average, in the last minute. */
export function load() {
  return Number((loadavg()[0] ?? 0).toFixed(2));
}

/** @param {string} folder */
function version(folder) {
  return JSON.parse(readFileSync(local(`${folder}/package.json`), "utf8")).version;
}
