import type { BadLine, RedactOptions } from "@step-log/core";
import { IMPORT_FORMATS } from "./formats.ts";

/** How far an import has come. */
export interface ImportProgress {
  /** Bytes that were read, packed ones as they are. */
  readonly bytesRead: number;
  /** Of all files; `null` where it is not known. */
  readonly bytesTotal: number | null;
  readonly records: number;
  /** Lines and documents that could not be read, or not to their end; each came as a `BadLine`. */
  readonly problems: number;
  /** The first 20 of them. */
  readonly firstProblems: readonly BadLine[];
  /** The formats that were found, by the number of files that had them. */
  readonly formats: Readonly<Record<string, number>>;
}

/** Options of `importLog`. */
export interface ImportOptions {
  /** One of `IMPORT_FORMATS`. Default: what the content shows. */
  readonly format?: string;
  /** What to call runs that have no id of their own. Default: the name of the file, else `import`. */
  readonly name?: string;
  /** Credentials are replaced: `false` turns that off, options add names and patterns. @defaultValue true */
  readonly redact?: boolean | RedactOptions;
  /** What stands for a time that a source does not tell, in Unix seconds. @defaultValue 0, in 1970 */
  readonly unknownTs?: number;
  /**
   * Most that one line or one document may have, in bytes; a longer one is a `BadLine`.
   * @defaultValue 134217728, 128 MiB
   */
  readonly maxValueBytes?: number;
  /** Most that a packed file may unpack to, in bytes. @defaultValue 17179869184, 16 GiB */
  readonly maxUncompressedBytes?: number;
  /** Hears how far it has come, after each 256 KiB and at the end. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the import: the iteration throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What was not given, filled in. */
export type ImportSettings = Required<
  Omit<ImportOptions, "format" | "name" | "onProgress" | "signal">
>;

/** @throws TypeError for options that cannot be meant */
export function importSettings(options: ImportOptions): ImportSettings {
  const { format, name, redact = true, unknownTs = 0 } = options;
  const { maxValueBytes = 128 * 2 ** 20, maxUncompressedBytes = 16 * 2 ** 30 } = options;
  if (format !== undefined && !IMPORT_FORMATS.includes(format)) {
    throw new TypeError(
      `importLog: format must be one of ${IMPORT_FORMATS.join(", ")}, got ${String(format)}`,
    );
  }
  if (name !== undefined && (typeof name !== "string" || name === "")) {
    throw new TypeError("importLog: name must be a text that is not empty");
  }
  if (typeof redact !== "boolean" && (typeof redact !== "object" || redact === null)) {
    throw new TypeError(`importLog: redact must be a boolean or an object, got ${typeof redact}`);
  }
  if (!Number.isFinite(unknownTs)) {
    throw new TypeError(
      `importLog: unknownTs must be a number of seconds, got ${String(unknownTs)}`,
    );
  }
  for (const [option, value] of Object.entries({ maxValueBytes, maxUncompressedBytes })) {
    if (typeof value === "number" && value > 0) continue;
    throw new TypeError(`importLog: ${option} must be a number above 0, got ${String(value)}`);
  }
  return { redact, unknownTs, maxValueBytes, maxUncompressedBytes };
}
