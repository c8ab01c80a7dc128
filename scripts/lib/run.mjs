// @ts-check
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder, without a slash at the end. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/**
 * Runs a program to its end; the repository's own tools are found first.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, timeoutMs?: number }} [options]
 */
export function run(command, args, options = {}) {
  const path = [`${root}/node_modules/.bin`, process.env["PATH"]].join(delimiter);
  const child = spawnSync(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, NO_COLOR: "1", PATH: path, ...options.env },
    encoding: "utf8",
    timeout: options.timeoutMs ?? 300_000,
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32",
  });
  const stdout = child.stdout ?? "";
  const output = [stdout, child.stderr ?? "", child.error?.message ?? ""].join("");
  return { ok: child.status === 0, stdout, output };
}

/**
 * As `run`, but throws what the program printed when it failed.
 *
 * @param {Parameters<typeof run>} call
 */
export function mustRun(...call) {
  const result = run(...call);
  if (!result.ok) throw new Error(`${call[0]} ${call[1].join(" ")} failed:\n${result.output}`);
  return result;
}
