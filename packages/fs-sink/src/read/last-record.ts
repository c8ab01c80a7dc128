import { parseRecord, type StepRecord } from "@step-log/core";
import { ReadableFile } from "./readable-file.ts";

// Begins with what nearly every last line fits into, and goes back four times as far each time.
const FIRST_BYTES = 64 * 1024;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads the last record of a file from its end, however large the file is; `undefined` when there is
 * none in the last 64 MiB.
 *
 * @throws StepLogError `NOT_FOUND`, `UNSAFE_FILE`, `READ_FAILED`
 */
export async function lastRecord(path: string): Promise<StepRecord | undefined> {
  const file = new ReadableFile(path);
  const { size } = file;
  try {
    for (let length = Math.min(FIRST_BYTES, size); ; length = Math.min(length * 4, size)) {
      const record = lastIn(await lastBytes(file, length), length === size);
      if (record !== undefined || length === size || length >= MAX_BYTES) return record;
    }
  } finally {
    file.close();
  }
}

async function lastBytes(file: ReadableFile, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  return bytes.subarray(0, await file.read(bytes, file.size - length));
}

/** The first line counts only when it is known to be whole. */
function lastIn(bytes: Buffer, isWhole: boolean): StepRecord | undefined {
  let end = bytes.length;
  while (end > 0) {
    const start = bytes.lastIndexOf(10, end - 1) + 1;
    if (start === 0 && !isWhole) return undefined;
    if (start < end) {
      const record = parseRecord(bytes.toString("utf8", start, end));
      if (record.type !== "bad_line") return record;
    }
    end = start - 1;
  }
  return undefined;
}
