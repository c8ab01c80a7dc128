// @ts-check
import { spawnSync } from "node:child_process";
import { interleaved, local } from "../lib/measure.js";
import { wholeProcess } from "../lib/whole-process.js";

const BARE = "node -e 0";
const bin = local("../packages/cli/dist/bin.js");
// A start is short, so that more of them are needed for a steady figure.
const TIMES = 4;

/** @type {Record<string, readonly [program: string, ...args: string[]]>} */
const PROGRAMS = {
  [BARE]: [process.execPath, "-e", "0"],
  "step-log --version": [process.execPath, bin, "--version"],
  "step-log --help": [process.execPath, bin, "--help"],
  "step-log stats --help": [process.execPath, bin, "stats", "--help"],
  "npm --version": ["npm", "--version"],
  "python3 -c 0": ["python3", "-c", "0"],
  "gh --version": ["gh", "--version"],
};

/**
 * From the start of the process to its end, of the command and of others that are at hand.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function startup({ runs }) {
  const names = Object.keys(PROGRAMS).filter((name) => {
    const [program] = PROGRAMS[name] ?? [""];
    return spawnSync(program, ["--version"]).status === 0;
  });
  const results = await interleaved(names, runs * TIMES, async (name) => {
    const [program, ...args] = PROGRAMS[name] ?? [""];
    const { seconds, cpuSeconds } = await wholeProcess(program, args);
    return { ms: seconds * 1000, cpuMs: cpuSeconds * 1000 };
  });
  return {
    title: "Start-up of the command",
    note: "Whole processes, with the shell that starts them; what is not installed is left out.",
    columns: [
      { name: "ms", key: "ms" },
      { name: `x ${BARE}`, key: "ms", of: BARE },
      { name: "CPU ms", key: "cpuMs" },
    ],
    results,
  };
}
