import { createReadStream, existsSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { pipeline, type Readable } from "node:stream";
import { constants, createGunzip, gzipSync } from "node:zlib";
import { type FsLogFile, fsSource } from "@step-log/fs-sink";
import { type ExitCode, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import { isForeign } from "../locations/is-foreign.ts";
import { type Answer, type Column, table } from "../output/answer.ts";
import { bytes, count, plural } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { newFile } from "../output/new-file.ts";
import { note } from "../output/note.ts";
import { type Progress, progress } from "../output/progress.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { UsageError } from "../usage-error.ts";
import { byteLines } from "./byte-lines.ts";
import { LineRedactor, type RedactCounts } from "./line-redactor.ts";

/** Options of `step-log redact`. */
export interface RedactLogOptions extends FormatOptions {
  readonly out: string;
  readonly names?: readonly string[];
  readonly patterns?: readonly string[];
  readonly keepBadLines?: boolean;
}

// As a reader of logs has it: what is longer is no line.
const MAX_LINE_BYTES = 64 * 2 ** 20;
const READ_BYTES = 256 * 1024;

/** Copies a log, with what is secret in it replaced. */
export async function redactLog(
  io: Io,
  location: string,
  options: RedactLogOptions,
): Promise<ExitCode> {
  const lines = new LineRedactor({
    names: (options.names ?? []).map((it) => nameOf(it)),
    patterns: (options.patterns ?? []).map((it) => patternOf(it)),
    keepBadLines: options.keepBadLines === true,
  });
  const copies = await copiesOf(location, options.out, io);
  const size = copies.flatMap(({ files }) => files).reduce((sum, it) => sum + it.bytes, 0);
  const bar = progress(io, `redacting ${location}`, size);
  let written = 0;
  try {
    for (const { files, path } of copies) {
      written += await newFile(path, redacted(files, path, lines, bar, io));
    }
  } finally {
    bar.end();
  }
  const { counts } = lines;
  await writeAnswer(io, formatOf(options), answerOf(counts, options, written));
  if (counts.badLines === 0) return OK;
  const what = options.keepBadLines === true ? "kept, looked through as text" : "left out";
  note(io, `${plural(counts.badLines, "line")} could not be read: ${what}`);
  return FOUND_PROBLEMS;
}

interface Copy {
  readonly files: readonly FsLogFile[];
  readonly path: string;
}

/** Which files become which; none of these may be there, so that no log is ever written over. */
async function copiesOf(location: string, out: string, io: Io): Promise<readonly Copy[]> {
  const [found, more] = await findLocations([location], io);
  if (found?.kind !== "path" || more !== undefined) {
    throw new UsageError(
      `redact takes a file or a folder; copy ${location} to one first: step-log import`,
    );
  }
  if (await isForeign(found.path)) {
    throw new UsageError(
      `${location} is the log of another tool; step-log import ${location} replaces credentials as it reads it`,
    );
  }
  const files = await fsSource(found.path).files();
  const target = resolve(io.cwd, out);
  const isFolder = intoFolder(found.path, out, target);
  const copies = isFolder
    ? files.map((file) => ({ files: [file], path: join(target, basename(file.path)) }))
    : [{ files, path: target }];
  if (files.length === 0) throw new UsageError(`there is no log in ${location}`);
  const taken = copies.find(({ path }) => existsSync(path));
  if (taken !== undefined) {
    throw new UsageError(`${taken.path} is there already; redact writes to new files only`);
  }
  if (isFolder) await mkdir(target, { recursive: true, mode: 0o700 });
  return copies;
}

function intoFolder(from: string, out: string, target: string): boolean {
  if (existsSync(target)) return statSync(target).isDirectory();
  return /[\\/]$/.test(out) || (statSync(from).isDirectory() && extname(target) === "");
}

async function* redacted(
  files: readonly FsLogFile[],
  target: string,
  redactor: LineRedactor,
  bar: Progress,
  { signal }: Io,
): AsyncGenerator<Uint8Array, void, void> {
  const pack = target.endsWith(".gz") ? gzipSync : undefined;
  for (const { path } of files) {
    for await (const lines of byteLines(bytesOf(path, bar, signal), MAX_LINE_BYTES)) {
      const kept = lines.flatMap((line) => redactor.line(line) ?? []);
      if (kept.length === 0) continue;
      const text = Buffer.concat(kept);
      // Members of gzip put together are gzip.
      yield pack === undefined ? text : pack(text);
    }
  }
}

function bytesOf(path: string, bar: Progress, signal: AbortSignal): Readable {
  const file = createReadStream(path, { highWaterMark: READ_BYTES, signal });
  file.on("data", (piece) => bar.add(piece.length));
  // One that is cut off gives what it holds; its last line is a bad one then.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  return path.endsWith(".gz") ? pipeline(file, gunzip, () => {}) : file;
}

function nameOf(text: string): string | RegExp {
  return literal(text) ?? text;
}

function patternOf(text: string): RegExp {
  return literal(text) ?? regExp(text, "", text);
}

/** `/^customer_/i`, as in code. */
function literal(text: string): RegExp | undefined {
  const [, source, flags = ""] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? [];
  return source === undefined ? undefined : regExp(source, flags, text);
}

function regExp(source: string, flags: string, given: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new UsageError(`${given} is no regular expression: ${(error as Error).message}`);
  }
}

function answerOf(
  counts: RedactCounts,
  { out, keepBadLines }: RedactLogOptions,
  size: number,
): Answer {
  const { records, changed, badLines, values, byName } = counts;
  const rows = [...byName].sort((a, b) => b[1] - a[1]);
  return {
    json: {
      out,
      bytes: size,
      records,
      changed_records: changed,
      replaced_values: values,
      replaced_by_name: Object.fromEntries(rows),
      bad_lines: badLines,
      bad_lines_kept: keepBadLines === true,
    },
    headline: `${plural(values, "value")} replaced in ${count(changed)} of ${plural(records, "record")}; wrote ${out}, ${bytes(size)}`,
    tables: [table({ columns: REPLACED, rows, empty: "nothing was secret" })],
  };
}

const REPLACED: readonly Column<readonly [name: string, values: number]>[] = [
  { name: "name", value: ([name]) => name, cut: "middle" },
  {
    name: "values",
    value: ([, values]) => values,
    text: ([, values]) => count(values),
    align: "right",
  },
];
