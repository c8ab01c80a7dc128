import type { ReadOptions } from "@step-log/core";
import type { Damage } from "./damage.ts";
import { DEFAULT_LIMITS } from "./default-limits.ts";
import type { StepFindings } from "./step-audit.ts";

/** What `verify` found in a log. */
export interface VerifyReport extends StepFindings {
  /** Files that were read. */
  readonly files: number;
  /** Their size in bytes, unpacked. */
  readonly bytes: number;
  /** Their lines, blank ones not counted. */
  readonly lines: number;
  readonly records: number;
  /** Lines that are no records, and files that could not be read. */
  readonly badLineCount: number;
  /** The first 100 of them. */
  readonly badLines: readonly Damage[];
  /** Bad lines that are records cut off before their end. */
  readonly stubCount: number;
  /** Bad lines with a whole record in them, behind something else; `repair` brings it back. */
  readonly gluedCount: number;
  /** Zero bytes in bad lines. */
  readonly nulBytes: number;
  /** Whether a file ends in the middle of a record, as when a writer was killed just now. */
  readonly tornTail: boolean;
}

/** Options of `verify`. */
export interface VerifyOptions extends ReadOptions {
  /** Hears of every file that was read to its end. */
  readonly onFile?: (file: VerifiedFile) => void;
  /** Hears how many bytes more of files were read; of a packed one once, at its end. */
  readonly onRead?: (bytes: number) => void;
}

/** What `verify` found in one file. */
export interface VerifiedFile {
  readonly path: string;
  /** Its size in bytes, unpacked. */
  readonly bytes: number;
  /** Its lines, blank ones not counted. */
  readonly lines: number;
  readonly badLineCount: number;
  /** Whether it ends in the middle of a record. */
  readonly tornTail: boolean;
}

const MAX_BAD_LINES = 100;

/**
 * Reads a whole log and says what is wrong with it. Changes nothing.
 *
 * @throws StepLogError `NOT_FOUND`, `UNSAFE_FILE`, `READ_FAILED`; the signal's reason
 */
export async function verify(
  location: string | URL,
  { signal, onFile, onRead }: VerifyOptions = {},
): Promise<VerifyReport> {
  const { readLog, StepAudit } = await import("./engine.ts");
  const audit = new StepAudit();
  const badLines: Damage[] = [];
  const counts = { files: 0, bytes: 0, lines: 0, records: 0 };
  const bad = { badLineCount: 0, stubCount: 0, gluedCount: 0, nulBytes: 0 };
  let tornTail = false;
  let badBefore = 0;
  const batches = readLog(location, {
    mode: "salvage",
    ...DEFAULT_LIMITS,
    signal,
    ...(onRead && { onRead }),
    onDamage(damage) {
      bad.badLineCount++;
      if (damage.damage === "cut") bad.stubCount++;
      if (damage.damage === "glued") bad.gluedCount++;
      bad.nulBytes += damage.nulBytes;
      if (badLines.length < MAX_BAD_LINES) badLines.push(damage);
    },
    onFile({ path }, { bytes, lines, isTorn }) {
      const badLineCount = bad.badLineCount - badBefore;
      badBefore = bad.badLineCount;
      onFile?.({ path, bytes, lines, badLineCount, tornTail: isTorn });
      counts.files++;
      counts.bytes += bytes;
      counts.lines += lines;
      tornTail ||= isTorn;
    },
  });
  for await (const items of batches) {
    for (const item of items) {
      if (item.type === "bad_line") continue;
      counts.records++;
      audit.add(item);
    }
  }
  return { ...counts, ...audit.findings(), ...bad, badLines, tornTail };
}
