import { type BadLine, redactor, StepLogError, type StepRecord } from "@step-log/core";
import { type ImportInput, type InputFile, inputFiles } from "../read/input-files.ts";
import { unpack } from "../read/unpack.ts";
import { type CleanValues, cleanValues } from "../records/clean-values.ts";
import { FileImport } from "./file-import.ts";
import { FORMATS } from "./formats.ts";
import {
  type ImportOptions,
  type ImportProgress,
  type ImportSettings,
  importSettings,
} from "./import-options.ts";

/** An import, which begins when it is iterated, once. */
export interface LogImport extends AsyncIterable<StepRecord | BadLine> {
  /** The same in the arrays in which it is made: without a promise for each record. */
  batches(): AsyncIterable<readonly (StepRecord | BadLine)[]>;
  /** How far it has come. */
  progress(): ImportProgress;
}

const MAX_PROBLEMS = 20;

/**
 * Reads the log of another tool as records of `step-log/1`, streaming: a file, all files of a folder,
 * or bytes. What a file is shows its content, packed by gzip or zip or not; its name means nothing.
 *
 * Whatever cannot be read is a `BadLine`, in its place; what can be read but says nothing that a record
 * has a name for is an `event`. Files of a folder that are of no known format are a `BadLine` each.
 *
 * The iteration throws StepLogError `NOT_FOUND`, `READ_FAILED` or `UNSAFE_FILE` for the path, and
 * `UNKNOWN_FORMAT` for a file or bytes of no known format.
 *
 * @throws TypeError for options that cannot be meant
 */
export function importLog(input: ImportInput, options: ImportOptions = {}): LogImport {
  const settings = importSettings(options);
  const clean = cleanValues(
    settings.redact === false
      ? undefined
      : redactor(settings.redact === true ? {} : settings.redact),
  );
  const tally = new Tally();
  const batches = () => readAll(input, options, settings, clean, tally);
  return {
    batches,
    progress: () => tally.progress(),
    async *[Symbol.asyncIterator]() {
      for await (const batch of batches()) yield* batch;
    },
  };
}

type Items = readonly (StepRecord | BadLine)[];

async function* readAll(
  input: ImportInput,
  options: ImportOptions,
  settings: ImportSettings,
  clean: CleanValues,
  tally: Tally,
): AsyncGenerator<Items, void, void> {
  const files = await inputFiles(input);
  tally.begin(files);
  for (const file of files) {
    const { location, name = "import" } = file;
    const given =
      options.name === undefined
        ? name
        : files.length > 1
          ? `${options.name}-${name}`
          : options.name;
    const format = FORMATS.find((it) => it.name === options.format);
    const made = new FileImport({
      name: given,
      location,
      format,
      clean,
      unknownTs: settings.unknownTs,
    });
    for await (const items of readFile(file, made, settings, options, tally)) yield items;
    tally.file(made.format?.name);
    if (made.format !== undefined) continue;
    const reason = made.isEmpty && made.problems === 0 ? "empty" : "of no known format";
    if (files.length === 1) {
      const message = `${location ?? "the input"} is ${reason}; known are ${FORMATS.map((it) => it.name).join(", ")}`;
      throw new StepLogError("UNKNOWN_FORMAT", message, { details: { location } });
    }
    made.bad(reason, 0, file.size ?? 0);
    yield tally.counted(made);
  }
  options.onProgress?.(tally.progress());
}

async function* readFile(
  { bytes }: InputFile,
  made: FileImport,
  settings: ImportSettings,
  { signal, onProgress }: ImportOptions,
  tally: Tally,
): AsyncGenerator<Items, void, void> {
  const reader = unpack(settings, made);
  for await (const piece of bytes()) {
    signal?.throwIfAborted();
    reader.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    tally.bytes(piece.length);
    if (made.items.length > 0) yield tally.counted(made);
    onProgress?.(tally.progress());
  }
  reader.end();
  made.end();
  if (made.items.length > 0) yield tally.counted(made);
}

class Tally {
  #bytesRead = 0;
  #bytesTotal: number | null = null;
  #records = 0;
  #problems = 0;
  readonly #firstProblems: BadLine[] = [];
  readonly #formats = new Map<string, number>();

  begin(files: readonly InputFile[]): void {
    this.#bytesTotal = files.reduce<number | null>(
      (sum, { size }) => (sum === null || size === null ? null : sum + size),
      0,
    );
  }

  bytes(bytes: number): void {
    this.#bytesRead += bytes;
  }

  file(format: string | undefined): void {
    if (format !== undefined) this.#formats.set(format, (this.#formats.get(format) ?? 0) + 1);
  }

  /** Takes what was made, and counts it. */
  counted(made: FileImport): Items {
    const { items } = made;
    made.items = [];
    for (const item of items) {
      if (item.type !== "bad_line") this.#records++;
      else if (++this.#problems <= MAX_PROBLEMS) this.#firstProblems.push(item);
    }
    return items;
  }

  progress(): ImportProgress {
    return {
      bytesRead: this.#bytesRead,
      bytesTotal: this.#bytesTotal,
      records: this.#records,
      problems: this.#problems,
      firstProblems: [...this.#firstProblems],
      formats: Object.fromEntries(this.#formats),
    };
  }
}
