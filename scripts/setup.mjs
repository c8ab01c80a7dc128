// Installs the dependencies, with the pnpm version that package.json pins, on a machine that may
// have neither pnpm nor corepack. Does nothing when node_modules already matches the lockfile.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`step-log needs Node 20.19 or later; this is ${process.version}.`);
  process.exitCode = 1;
} else if (read("pnpm-lock.yaml") !== read("node_modules/.pnpm/lock.yaml")) {
  install();
}

function install() {
  const [pnpm] = JSON.parse(read("package.json")).packageManager.split("+");
  // `--package=… --` because a plain `npx pnpm` inside another npx is looked up in that one's packages.
  const args = ["--yes", `--package=${pnpm}`, "--", "pnpm", "install", "--frozen-lockfile"];
  // Otherwise pnpm stops to ask when node_modules came from another store.
  args.push("--config.confirmModulesPurge=false");
  // Otherwise it leaves out the tools where NODE_ENV is "production".
  args.push("--prod=false");
  const shell = process.platform === "win32";
  const child = spawnSync("npx", args, { cwd: root, stdio: "inherit", shell });
  if (child.error) console.error(`npx could not be started: ${child.error.message}`);
  process.exitCode = child.status ?? 1;
}

/** @returns the file's text, or undefined when there is none */
function read(path) {
  try {
    // pnpm writes its copy of the lockfile without regard to the checkout's line ends.
    return readFileSync(new URL(path, root), "utf8").replaceAll("\r\n", "\n");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}
