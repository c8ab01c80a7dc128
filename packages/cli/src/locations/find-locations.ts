import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Io } from "../io.ts";
import { note } from "../output/note.ts";
import { UsageError } from "../usage-error.ts";
import type { Location } from "./location.ts";

/**
 * Makes locations of what the user gave: paths, globs, `-`, URLs. Without any, those where agents log,
 * `$STEP_LOG_DIR` or `./logs`, and says which; or what is piped in.
 *
 * @throws UsageError where there is nothing
 */
export async function findLocations(
  given: readonly string[],
  io: Io,
): Promise<readonly Location[]> {
  if (given.length === 0) return [usualLocation(io)];
  const found = await Promise.all(given.map((it) => locationsOf(it, io)));
  const all = found.flat();
  if (all.filter(({ kind }) => kind === "stdin").length > 1) {
    throw new UsageError("- stands for what is piped in, and can be given once");
  }
  return unique(all);
}

async function locationsOf(given: string, { cwd }: Io): Promise<readonly Location[]> {
  if (given === "-") return [{ kind: "stdin", name: "-" }];
  const scheme = /^([a-z][a-z\d+.-]+):\/\//i.exec(given)?.[1]?.toLowerCase();
  if (scheme === "file") return [pathOf(fileURLToPath(given), given)];
  if (scheme !== undefined) return [{ kind: "url", name: given, url: given }];
  // `~` is the shell's, but not within `--out=~/logs` or quotes.
  const path = resolve(cwd, given.replace(/^~(?=$|\/)/, homedir()));
  const keepsSlash = /[\\/]$/.test(given) ? "/" : "";
  if (existsSync(path)) return [pathOf(path + keepsSlash, given)];
  if (/[*?[\]{}]/.test(given)) return matching(given, cwd);
  throw new UsageError(
    `there is nothing at ${given}; give the path that was given to fsSink, or a folder of logs`,
  );
}

async function matching(pattern: string, cwd: string): Promise<readonly Location[]> {
  const { glob } = await import("tinyglobby");
  const paths = await glob(pattern, { cwd, onlyFiles: true, expandDirectories: false, dot: true });
  if (paths.length === 0) throw new UsageError(`no file matches ${pattern}`);
  return paths.sort().map((path) => pathOf(resolve(cwd, path), path));
}

function usualLocation(io: Io): Location {
  const { env, cwd, stdin } = io;
  const folder = env["STEP_LOG_DIR"];
  for (const candidate of folder ? [folder] : ["logs"]) {
    const path = resolve(cwd, candidate);
    if (!existsSync(path)) continue;
    note(io, `reading ${candidate}${folder ? " (STEP_LOG_DIR)" : ""}`);
    return pathOf(isFolder(path) ? `${path}/` : path, candidate);
  }
  if (stdin.isTTY === false) return { kind: "stdin", name: "-" };
  throw new UsageError(
    folder
      ? `there is nothing at ${folder}, which STEP_LOG_DIR names`
      : "there is no ./logs here, and STEP_LOG_DIR is not set; give a LOCATION: a file, a folder, a glob, - or s3://…. " +
          "`step-log import` finds the logs of Claude Code and Codex on this machine, `step-log demo` makes one to look at",
  );
}

function pathOf(path: string, name: string): Location {
  return { kind: "path", path, name: name === "" ? basename(path) : name };
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}

/** A file that two globs match is read once. */
function unique(all: readonly Location[]): readonly Location[] {
  const seen = new Map<string, Location>();
  for (const location of all) {
    const key = location.kind === "path" ? join(location.path) : location.name;
    if (!seen.has(key)) seen.set(key, location);
  }
  return [...seen.values()];
}
