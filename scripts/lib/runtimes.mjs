// @ts-check
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { mustRun, root, run } from "./run.mjs";

const npx = (/** @type {string} */ name) => ["npx", "--yes", "--prefer-offline", "-p", name, "--"];

/** @type {readonly { name: string, command: readonly string[] }[]} */
const RUNTIMES = [
  { name: "this Node", command: [process.execPath] },
  { name: "Node 22", command: [...npx("node@22"), "node"] },
  { name: "Node 24", command: [...npx("node@24"), "node"] },
  { name: "Node 26", command: [...npx("node@26"), "node"] },
  { name: "Bun", command: [...npx("bun@1.4.5"), "bun"] },
  { name: "Deno", command: [...npx("deno@2.9.6"), "deno"] },
];

/**
 * Runs the small scripts of `smoke/` on every runtime that can be had here.
 *
 * @param {import("./checks.mjs").Checks} checks
 * @param {string} consumer
 */
export async function checkRuntimes(checks, consumer) {
  const scripts = readdirSync(`${root}/scripts/smoke`);
  for (const script of scripts) {
    copyFileSync(`${root}/scripts/smoke/${script}`, join(consumer, script));
  }

  for (const { name, command } of RUNTIMES) {
    const [program = "", ...args] = command;
    const version = run(program, [...args, "--version"], { cwd: consumer, timeoutMs: 120_000 });
    if (!version.ok) {
      checks.skip(name, "it could not be fetched");
      continue;
    }
    await checks.run(name, () => {
      const flags = name === "Deno" ? ["run", "--allow-all"] : [];
      for (const script of scripts) {
        mustRun(program, [...args, ...flags, script], { cwd: consumer, timeoutMs: 60_000 });
      }
      return version.stdout.trim().split("\n")[0];
    });
  }
}
