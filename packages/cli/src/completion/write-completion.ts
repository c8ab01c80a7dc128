import type { Command } from "commander";
import { type ExitCode, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import { write } from "../output/write.ts";
import { UsageError } from "../usage-error.ts";
import { bashScript } from "./bash-script.ts";
import { completionModel } from "./completion-model.ts";
import { fishScript } from "./fish-script.ts";
import { zshScript } from "./zsh-script.ts";

/** Shells that there is a completion for. */
export type Shell = "bash" | "zsh" | "fish";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** Writes the script of a shell. */
export async function writeCompletion(
  io: Io,
  shell: Shell | undefined,
  root: Command,
): Promise<ExitCode> {
  const wanted = shell ?? shellOf(io.env["SHELL"]);
  await write(io.stdout, SCRIPTS[wanted](completionModel(root)));
  return OK;
}

function shellOf(path: string | undefined): Shell {
  const name = path?.split("/").at(-1) ?? "";
  if (name in SCRIPTS) return name as Shell;
  throw new UsageError("name a shell: step-log completion bash, zsh or fish");
}

// Somebody waits with a finger on the Tab key.
const MAX_MS = 400;
const MAX_RUNS = 500;

/** Writes ids of runs, one a line, that can stand in a shell as they are; those that can be had quickly. */
export async function writeRuns(io: Io, given: readonly string[]): Promise<ExitCode> {
  const { fsSource } = await import("@step-log/fs-sink");
  const stdin = Object.assign(Object.create(io.stdin), { isTTY: true });
  const stderr = Object.assign(Object.create(io.stderr), { write: () => true });
  // Among the words of a line are values of options, too.
  const found = await Promise.all(
    (given.length === 0 ? [[]] : given.map((it) => [it])).map((it) =>
      findLocations(it, { ...io, stdin, stderr }).catch(() => []),
    ),
  );
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(MAX_MS)]);
  const ids = new Set<string>();
  for (const location of found.flat()) {
    if (location.kind !== "path") continue;
    try {
      for await (const { runId } of fsSource(location.path).runs({}, { signal })) {
        if (/^[\w][\w.-]{0,127}$/.test(runId)) ids.add(runId);
        if (ids.size >= MAX_RUNS) break;
      }
    } catch {
      // What could be had in time, and read.
    }
  }
  await write(io.stdout, [...ids].map((id) => `${id}\n`).join(""));
  return OK;
}
