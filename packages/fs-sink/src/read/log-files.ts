import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StepLogError } from "@step-log/core";
import { locate, type Place } from "../locate.ts";
import { type Damage, unreadable } from "./damage.ts";
import { byName, type LogFileName, namesInFolder, namesOfFile } from "./log-file-name.ts";

/** One file of a log. */
export interface LogFile extends LogFileName {
  readonly path: string;
}

/** The files of a log location. */
export interface LogFiles {
  readonly location: string | URL;
  readonly kind: "file" | "folder";
  readonly folder: string;
  /** By stem, sorted; within each, the files that continue each other, oldest first. */
  readonly logs: ReadonlyMap<string, readonly LogChain[]>;
  /** Whether a file of this name in the folder is part of the log. */
  readonly isPart: (name: string) => boolean;
  /** Names that should be files of the log, and are none. */
  readonly strange: readonly Damage[];
  /** Unix milliseconds; what was made later is not among them. */
  readonly listedAt: number;
}

/** Files that continue each other: those that were put aside, oldest first, then the one in use. */
export type LogChain = readonly LogFile[];

/** Options of `listLogFiles`. */
export interface ListOptions {
  /** Only files of this stem. Counts for folders. */
  readonly stem?: string | undefined;
  /** Whether to give an empty list where there is nothing, instead of throwing `NOT_FOUND`. */
  readonly mayBeMissing?: boolean;
}

/**
 * Lists the files of a location: of a file, those that were put aside and those of single processes,
 * `agent-steps.20261122T184500123Z.jsonl.gz` and `agent-steps.4711-0a1b2c3d.jsonl`, too; of a folder,
 * every `*.jsonl` and `*.jsonl.gz`.
 *
 * @throws StepLogError `NOT_FOUND`, `UNSAFE_FILE`, `READ_FAILED`
 */
export function listLogFiles(location: string | URL, options: ListOptions = {}): Promise<LogFiles> {
  return list(location, options, false);
}

async function list(
  location: string | URL,
  options: ListOptions,
  isAgain: boolean,
): Promise<LogFiles> {
  const { stem, mayBeMissing = false } = options;
  const { kind, path } = await readable(location);
  const folder = kind === "folder" ? path : dirname(path);
  const nameOf = kind === "folder" ? namesInFolder(stem) : namesOfFile(basename(path));
  const listedAt = Date.now();
  const found = new Map<string, LogFile>();
  const strange: Damage[] = [];
  for (const entry of await entriesOf(folder, path, mayBeMissing)) {
    const name = nameOf(entry.name);
    if (name === undefined) continue;
    const file = { ...name, path: join(folder, entry.name) };
    if (!entry.isFile()) {
      strange.push(unreadable(file.path, "not a regular file, passed over"));
      continue;
    }
    // While a file is being packed both are there, with the same content.
    const key = `${file.stem}/${file.writer}/${file.stamp}`;
    if (!file.isPacked || !found.has(key)) found.set(key, file);
  }
  if (kind === "file" && found.size === 0 && !mayBeMissing) {
    // It may have been made since its folder was listed.
    if (!isAgain && (await isFile(path))) return list(location, options, true);
    await explainMissing(path);
  }
  return {
    location,
    kind,
    folder,
    logs: grouped([...found.values()]),
    isPart: (name) => nameOf(name) !== undefined,
    strange,
    listedAt,
  };
}

/** Other than by a writer, a link that the user gave is followed, and a `/` behind a file forgiven. */
async function readable(location: string | URL): Promise<Place> {
  const place = locate(location);
  const path = await realpath(place.path).catch(() => place.path);
  const stats = await stat(path).catch(() => undefined);
  return stats === undefined || stats.isDirectory() ? place : { kind: "file", path };
}

async function entriesOf(folder: string, path: string, mayBeMissing: boolean) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && mayBeMissing) return [];
    if (code === "ENOENT" || code === "ENOTDIR") throw missing(path, cause);
    throw cannotList(folder, cause);
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/** The location itself may be what a link given by the user leads to: anything. */
async function explainMissing(path: string): Promise<never> {
  const stats = await stat(path).catch((cause: NodeJS.ErrnoException) => cause);
  if (!(stats instanceof Error)) {
    const message = `${path} is neither a file nor a folder, and was not read`;
    throw new StepLogError("UNSAFE_FILE", message, { details: { path } });
  }
  throw stats.code === "ENOENT" ? missing(path, stats) : cannotList(path, stats);
}

function missing(path: string, cause: unknown): StepLogError {
  const message =
    `there is no log at ${path}; give the path that was given to fsSink, ` +
    "and see whether the agent has run";
  return new StepLogError("NOT_FOUND", message, { cause, details: { path } });
}

function cannotList(path: string, cause: unknown): StepLogError {
  const { code } = cause as NodeJS.ErrnoException;
  const message = `${path} cannot be listed (${code}); check the permissions`;
  return new StepLogError("READ_FAILED", message, { cause, details: { path, code } });
}

function grouped(files: LogFile[]): Map<string, LogChain[]> {
  const logs = new Map<string, LogChain[]>();
  files.sort(byName);
  let last: LogFile | undefined;
  for (const file of files) {
    const chains = logs.get(file.stem) ?? [];
    if (last?.stem === file.stem && last.writer === file.writer) {
      (chains.at(-1) as LogFile[]).push(file);
    } else {
      chains.push([file]);
    }
    logs.set(file.stem, chains);
    last = file;
  }
  return logs;
}
