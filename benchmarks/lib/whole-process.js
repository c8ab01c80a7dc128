// @ts-check
import { spawn } from "node:child_process";

// jq takes minutes over a gigabyte.
const TIMEOUT_MS = 900_000;

/**
 * Runs a program as a user would, from the start of its process to its end, and gives what it printed.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ stdout: string, seconds: number, cpuSeconds: number }>}
 */
export function wholeProcess(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    // The shell's `times` tells what its child took: POSIX, "Shell Command Language", times.
    const child = spawn(
      "sh",
      ["-c", '"$@"; code=$?; times >&3; exit $code', "sh", program, ...args],
      {
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe", "pipe"],
        timeout: TIMEOUT_MS,
      },
    );
    const [stdout, stderr, times] = [1, 2, 3].map((fd) => {
      /** @type {Buffer[]} */
      const pieces = [];
      child.stdio[fd]?.on("data", (piece) => pieces.push(piece));
      return pieces;
    });
    child.once("error", reject);
    child.once("close", (code) => {
      const seconds = (performance.now() - startedAt) / 1000;
      const told = (/** @type {Buffer[] | undefined} */ pieces) =>
        String(Buffer.concat(pieces ?? []));
      if (code === 0)
        resolve({ stdout: told(stdout), seconds, cpuSeconds: cpuSeconds(told(times)) });
      else reject(new Error(`${program} ended with ${code}: ${told(stderr)}`));
    });
  });
}

/**
 * `0m0.001s 0m0.000s` of the shell, and of its children on the second line.
 *
 * @param {string} times
 */
function cpuSeconds(times) {
  const [, ofChildren = ""] = times.split("\n");
  return [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
    0,
  );
}
