import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What stands in the log files of a folder, read without a reader of ours. */
export interface FoundLines {
  /** The steps of each run, in the order in which they stand, files by name. */
  readonly steps: ReadonlyMap<string, readonly number[]>;
  /** Lines that are no record. */
  readonly bad: readonly string[];
  /** The sum of what `log_dropped` lines tell. */
  readonly toldDropped: number;
  /** Their number. */
  readonly droppedLines: number;
}

/** Reads all log files of a folder, also those that were put aside. */
export function readLogs(folder: string): FoundLines {
  const steps = new Map<string, number[]>();
  const bad: string[] = [];
  let toldDropped = 0;
  let droppedLines = 0;
  for (const line of logFilesIn(folder).flatMap(linesIn)) {
    const record = parsed(line);
    if (record === undefined) bad.push(line);
    else if (record.type === "log_dropped") {
      toldDropped += record.count ?? 0;
      droppedLines++;
    } else steps.set(record.run_id, [...(steps.get(record.run_id) ?? []), record.step]);
  }
  return { steps, bad, toldDropped, droppedLines };
}

/** What is wrong with a log: records that are missing or there twice. */
export function wrongs(
  found: FoundLines,
  expected: Readonly<Record<string, readonly number[]>>,
): string[] {
  const wrong: string[] = [];
  for (const [runId, steps] of Object.entries(expected)) {
    const there = found.steps.get(runId) ?? [];
    const missing = steps.filter((step) => !there.includes(step));
    const twice = there.filter((step, i) => there.indexOf(step) !== i);
    if (missing.length > 0) wrong.push(`${runId}: missing ${missing}`);
    if (twice.length > 0) wrong.push(`${runId}: twice ${twice}`);
  }
  return wrong;
}

/** Bad lines in which a second record begins: one that was glued to the stub of another. */
export function glued({ bad }: FoundLines): string[] {
  return bad
    .filter((line) => line.split('{"run_id"').length > 2)
    .map((line) => `glued: ${line.slice(0, 300)}`);
}

function logFilesIn(folder: string): string[] {
  const isLog = (entry: Dirent) => entry.isFile() && entry.name.endsWith(".jsonl");
  return readdirSync(folder, { withFileTypes: true })
    .filter(isLog)
    .map(({ name }) => join(folder, name))
    .sort();
}

function linesIn(path: string): string[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function parsed(
  line: string,
): { run_id: string; step: number; type: string; count?: number } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as never) : undefined;
  } catch {
    return undefined;
  }
}
