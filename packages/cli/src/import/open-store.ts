import { existsSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { Sink, Source } from "@step-log/core";
import { fsSink, fsSource } from "@step-log/fs-sink";
import type { Io } from "../io.ts";
import { loadS3 } from "../locations/load-s3.ts";
import { UsageError } from "../usage-error.ts";
import { appendStore } from "./append-store.ts";
import { type FolderStoreOptions, folderStore } from "./folder-store.ts";
import type { RunStore } from "./run-store.ts";

/**
 * Opens where imported runs go, as `fsSink` and `s3Sink` take it: a folder, a file, `s3://bucket/logs/`.
 *
 * @throws UsageError
 */
export async function openStore(
  out: string,
  { cwd, signal }: Pick<Io, "cwd" | "signal">,
  options: FolderStoreOptions,
): Promise<RunStore> {
  const scheme = /^([a-z][a-z\d+.-]+):\/\//i.exec(out)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "s3") {
    throw new UsageError(
      `--out ${out}: runs can be written to a folder, a file, or s3://bucket/prefix/`,
    );
  }
  const path = resolve(cwd, out);
  if (scheme === undefined && isFolder(out, path)) return folderStore(path, out, options);
  if (options.force) {
    throw new UsageError(
      `--force replaces the file of a run in a folder; what ${out} holds can only be added to`,
    );
  }
  const isFile = scheme === undefined;
  const target = isFile ? fileTarget(path, options) : await bucketTarget(out, options);
  return appendStore({ name: out, isFile, signal, ...target });
}

/** As `fsSink` tells them apart. */
function isFolder(out: string, path: string): boolean {
  if (existsSync(path)) return statSync(path).isDirectory();
  return /[\\/]$/.test(out) || extname(path) === "";
}

interface Target {
  readonly sink: Sink;
  readonly source: Source | undefined;
}

function fileTarget(path: string, { dryRun }: FolderStoreOptions): Target {
  return {
    source: existsSync(path) ? fsSource(path) : undefined,
    sink: dryRun ? NOWHERE : fsSink(path, { durability: "buffered" }),
  };
}

async function bucketTarget(url: string, { dryRun }: FolderStoreOptions): Promise<Target> {
  const { s3Sink, s3Source } = await loadS3();
  return { source: s3Source(url), sink: dryRun ? NOWHERE : s3Sink(url) };
}

const NOWHERE: Sink = {
  name: "nowhere",
  write() {},
  async flush() {},
  async close() {},
};
