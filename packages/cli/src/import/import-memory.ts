import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { runFileName } from "@step-log/fs-sink";
import { newFile } from "../output/new-file.ts";
import { VERSION } from "../version.ts";
import type { ImportSource } from "./import-source.ts";

/** What a source was imported as. */
export interface Remembered {
  readonly format: string;
  readonly runs: readonly { readonly run_id: string; readonly records: number }[];
}

/** Knows the sources that were imported into a folder, so that what has not changed is not read again. */
export interface ImportMemory {
  /** What a source was imported as, if neither it nor what was made of it has changed. */
  recall(source: ImportSource, options: string): Promise<Remembered | undefined>;
  /** Keeps what a source was imported as, once `save` is called. */
  remember(source: ImportSource, options: string, remembered: Remembered): void;
  save(): Promise<void>;
}

interface Entry extends Remembered {
  readonly bytes: number;
  readonly changed_ms: number;
  /** With other options, or by another version, it could become something else. */
  readonly options: string;
  /** The sizes of the files of its runs. */
  readonly run_bytes: readonly number[];
}

// Not a log: readers of the folder pass over it.
const NAME = ".step-log-import.json";

/** Reads what is known of a folder; one that is damaged is as good as none. */
export async function importMemory(folder: string): Promise<ImportMemory> {
  const path = join(folder, NAME);
  const entries = new Map(Object.entries(await entriesAt(path)));
  const added = new Map<string, Omit<Entry, "run_bytes">>();
  const sizesOf = ({ runs }: Remembered): Promise<readonly number[]> =>
    Promise.all(runs.map(({ run_id }) => sizeOf(join(folder, `${runFileName(run_id)}.jsonl`))));

  return {
    async recall({ file, bytes }, options) {
      const entry = file === undefined ? undefined : entries.get(file.path);
      if (entry === undefined || entry.options !== optionsKey(options)) return undefined;
      if (entry.bytes !== bytes || entry.changed_ms !== file?.changedMs) return undefined;
      const sizes = await sizesOf(entry);
      return sizes.every((size, i) => size === entry.run_bytes[i]) ? entry : undefined;
    },
    remember({ file, bytes }, options, { format, runs }) {
      if (file === undefined || bytes === null) return;
      const changed_ms = file.changedMs;
      added.set(file.path, { bytes, changed_ms, options: optionsKey(options), format, runs });
    },
    async save() {
      if (added.size === 0) return;
      for (const [source, entry] of added) {
        entries.set(source, { ...entry, run_bytes: await sizesOf(entry) });
      }
      added.clear();
      await newFile(path, pieces(JSON.stringify(Object.fromEntries(entries))));
    },
  };
}

function optionsKey(options: string): string {
  return `${VERSION} ${options}`;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => -1,
  );
}

async function entriesAt(path: string): Promise<Record<string, Entry>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return isObject(value) && Object.values(value).every(isEntry)
      ? (value as Record<string, Entry>)
      : {};
  } catch {
    return {};
  }
}

function isEntry(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { runs, run_bytes } = value as Partial<Entry>;
  return Array.isArray(runs) && Array.isArray(run_bytes) && runs.length === run_bytes.length;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

async function* pieces(text: string): AsyncGenerator<string, void, void> {
  yield text;
}
