import { spawnSync } from "node:child_process";

/**
 * Tells whether a program that tests call is here; if not, prints how to get it. With
 * `STEP_LOG_REQUIRE_PROGRAMS=1` all count as here, so that what needs one fails and is not skipped.
 */
export function hasProgram(name: string, args: readonly string[] = ["--version"]): boolean {
  if (process.env["STEP_LOG_REQUIRE_PROGRAMS"] === "1") return true;
  if (spawnSync(name, args).status === 0) return true;
  console.log(`skipped what needs ${name}: apt-get install ${name}`);
  return false;
}
