import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { type ImportInput, type ImportOptions, importLog } from "@step-log/convert";
import { StepLogError, toLine } from "@step-log/core";
import type { Io } from "../io.ts";
import { isForeign } from "../locations/is-foreign.ts";
import type { Location } from "../locations/location.ts";
import type { LogItem } from "../locations/log-item.ts";
import { openLog } from "../locations/open-log.ts";
import type { ImportSource, OpenedSource } from "./import-source.ts";

/** How to look for sources. */
export interface SourceOptions {
  /** The format was given: nothing is a log of our own then, whatever it looks like. */
  readonly format?: string | undefined;
  /** Whether a file below a folder is one to import. */
  readonly wants: (path: string) => boolean;
}

/**
 * What there is to import at the locations: every file below a folder, by itself, so that a damaged one
 * is no harm to others; but a log of step-log's as a whole, since a run of it may lie in several files.
 */
export async function importSources(
  locations: readonly Location[],
  io: Io,
  options: SourceOptions,
): Promise<readonly ImportSource[]> {
  const found = await Promise.all(locations.map((location) => sourcesAt(location, io, options)));
  return found.flat();
}

async function sourcesAt(
  location: Location,
  io: Io,
  { format, wants }: SourceOptions,
): Promise<readonly ImportSource[]> {
  if (location.kind === "stdin") {
    const open: ImportSource["open"] = (options) => opened(io.stdin, options);
    return [{ name: "-", bytes: null, isNamed: true, open }];
  }
  const { name } = location;
  if (location.kind === "url") return [await ownLog(name, location.url, io)];
  const { path } = location;
  if (format === undefined && !(await isForeign(path))) return [await ownLog(name, path, io)];
  const about = await stat(path);
  if (!about.isDirectory()) return [file(path, name, about, true)];
  const entries = await entriesOf(path, name);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(pathOf)
    .filter(wants)
    .sort();
  return Promise.all(
    paths.map(async (it) => {
      // Where it is gone meanwhile, reading it will tell.
      const found = await stat(it).catch(() => undefined);
      return file(it, shownIn(name, relative(path, it)), found, false);
    }),
  );
}

async function entriesOf(path: string, name: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(path, { recursive: true, withFileTypes: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new StepLogError(
      "READ_FAILED",
      `${name} cannot be listed (${code}); check its permissions`,
      {
        cause,
        details: { path },
      },
    );
  }
}

function pathOf(entry: Dirent): string {
  return join(entry.parentPath, entry.name);
}

function shownIn(folder: string, rest: string): string {
  return folder.endsWith("/") || folder.endsWith(sep) ? folder + rest : join(folder, rest);
}

function file(
  path: string,
  name: string,
  about: Stats | undefined,
  isNamed: boolean,
): ImportSource {
  return {
    name,
    bytes: about?.size ?? null,
    ...(about && { file: { path, changedMs: about.mtimeMs } }),
    isNamed,
    open: (options) => opened(path, options),
  };
}

function opened(input: ImportInput, options: ImportOptions): OpenedSource {
  const log = importLog(input, options);
  return {
    batches: () => log.batches(),
    format: () => Object.keys(log.progress().formats)[0],
  };
}

/** A log of our own, put together from its files, and read again as an import: redacted, and checked. */
async function ownLog(name: string, location: string, io: Io): Promise<ImportSource> {
  let hear: (bytes: number) => void = () => {};
  const log = await openLog([location], io, { onRead: (bytes) => hear(bytes) });
  return {
    name,
    bytes: await log.size(),
    isNamed: true,
    open({ onProgress, signal, ...options }) {
      const bad: LogItem[] = [];
      let bytesRead = 0;
      async function* lines(): AsyncGenerator<Uint8Array, void, void> {
        for await (const batch of log.batches(signal && { signal })) {
          const texts: string[] = [];
          for (const item of batch) {
            if (item.type === "bad_line") bad.push(item);
            else texts.push(toLine(item).text);
          }
          yield Buffer.from(texts.join(""));
        }
      }
      const again = importLog(lines(), { ...options, format: "step-log" });
      hear = (bytes) => {
        bytesRead += bytes;
        onProgress?.({ ...again.progress(), bytesRead });
      };
      return {
        async *batches() {
          for await (const batch of again.batches()) {
            if (bad.length > 0) yield bad.splice(0);
            yield batch;
          }
          if (bad.length > 0) yield bad.splice(0);
          if (again.progress().records > 0) return;
          const message = `${name} is empty`;
          throw new StepLogError("UNKNOWN_FORMAT", message, { details: { location: name } });
        },
        format: () => (again.progress().records > 0 ? "step-log" : undefined),
      };
    },
  };
}
