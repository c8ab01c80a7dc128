import { type Damage, unreadable } from "./damage.ts";
import { BytesEndError, fileBytes } from "./file-bytes.ts";
import { gunzipBytes } from "./gunzip-bytes.ts";
import type { LogFile } from "./log-files.ts";
import type { ReadableFile } from "./readable-file.ts";
import { type ReadItem, RecordCutter, type RecordCutterOptions } from "./record-cutter.ts";

/** Options of reading files. */
export interface ReadLogOptions extends RecordCutterOptions {
  /** Most that a packed file may unpack to, in bytes. */
  readonly maxUncompressedBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** How much is read at once, in bytes. */
  readonly aheadBytes?: number;
  /** Where to stop, behind the `\n` of a line. @defaultValue the end of the file; not for packed ones */
  readonly until?: number;
  /** Hears of every file that was read to its end. */
  readonly onFile?: (file: LogFile, read: FileRead) => void;
  /** Hears how many bytes more of files were read; of a packed one once, at its end. */
  readonly onRead?: (bytes: number) => void;
}

/** What was read of one file. */
export interface FileRead {
  /** Its size in bytes, unpacked. */
  readonly bytes: number;
  /** Its lines, blank ones not counted. */
  readonly lines: number;
  /** Whether its last line has no end and is no record. */
  readonly isTorn: boolean;
  /** Whether its last line has no end. */
  readonly isOpen: boolean;
}

/**
 * Reads a file as it was when it was opened, and closes it. What is appended meanwhile is left out,
 * but for the rest of a line that had been begun.
 *
 * @throws StepLogError `BAD_LINE` where the mode has it so; the signal's reason
 */
export async function* readLogFile(
  file: LogFile,
  opened: ReadableFile,
  options: ReadLogOptions,
): AsyncGenerator<ReadItem[], void, void> {
  const size = options.until ?? opened.size;
  const { maxUncompressedBytes, aheadBytes, signal, onRead, offset = 0 } = options;
  const cutter = new RecordCutter(file.path, options);
  let position = file.isPacked ? 0 : offset;
  let failure: Damage | undefined;
  let isComplete = false;
  try {
    const pieces = file.isPacked
      ? gunzipBytes(opened, maxUncompressedBytes)
      : fileBytes(opened, offset, aheadBytes);
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      const skipped = Math.min(piece.length, Math.max(0, offset - position));
      position += piece.length;
      if (!file.isPacked) onRead?.(piece.length);
      // Behind `until` there are lines that are for somebody else.
      const behind = options.until === undefined ? 0 : Math.max(0, position - size);
      const items = cutter.push(piece.subarray(skipped, piece.length - behind));
      if (items.length > 0) yield items;
      // What has come of a line that was begun later is left as well.
      isComplete = !file.isPacked && position >= size && cutter.offset >= size;
      if (isComplete) break;
    }
    if (!file.isPacked && position < size) {
      failure = unreadable(
        file.path,
        "became shorter while it was read",
        position,
        size - position,
      );
    }
  } catch (error) {
    if (!(error instanceof BytesEndError)) throw error;
    failure = unreadable(file.path, error.message, position);
  } finally {
    opened.close();
    if (file.isPacked) onRead?.(opened.size);
  }
  const isOpen = !isComplete && cutter.pending > 0;
  const bytes = isComplete ? cutter.offset : position;
  const items = isComplete ? cutter.stop() : failure ? cutter.fail(failure) : cutter.end();
  options.onFile?.(file, {
    bytes,
    lines: cutter.lineCount,
    isTorn: cutter.isTorn,
    isOpen,
  });
  if (items.length > 0) yield items;
}
