// @ts-check
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { local } from "./measure.js";

// npm writes its own copy of the lockfile here.
const INSTALLED = "peers/node_modules/.package-lock.json";

/** Installs what step-log is compared with, unless it is there; says whether it is. */
export function installPeers() {
  if (isInstalled()) return true;
  console.error("Installing what step-log is compared with, 35 MB, into benchmarks/peers.");
  const args = ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"];
  const shell = process.platform === "win32";
  // On stderr, so that stdout has the tables alone.
  spawnSync("npm", args, { cwd: local("peers"), stdio: ["ignore", 2, 2], shell });
  return isInstalled();
}

function isInstalled() {
  if (!existsSync(local(INSTALLED))) return false;
  const { dependencies } = JSON.parse(readFileSync(local("peers/package.json"), "utf8"));
  const { packages } = JSON.parse(readFileSync(local(INSTALLED), "utf8"));
  return Object.entries(dependencies).every(
    ([name, version]) => packages[`node_modules/${name}`]?.version === version,
  );
}

/** Whether there is a Python to compare with. */
export function hasPython() {
  return spawnSync("python3", ["--version"]).status === 0;
}
