import type { Json } from "@step-log/core";
import type { DamageKind, StepGap, VerifiedFile } from "@step-log/fs-sink";
import type { RunReport } from "@step-log/s3-sink";
import { openBucket } from "../locations/open-log.ts";

/** A line that is no record. */
export interface BadPlace {
  readonly file: string;
  /** From 1 on; `null` where it is not known. */
  readonly line: number | null;
  readonly offset: number;
  readonly bytes: number;
  readonly damage: DamageKind | null;
  readonly reason: string;
}

/** What was found at locations, of whatever kind; what cannot be known of one is `null`. */
export interface Findings {
  readonly files: number;
  readonly bytes: number | null;
  readonly lines: number | null;
  readonly records: number;
  readonly runs: number;
  readonly badLineCount: number;
  readonly stubCount: number | null;
  readonly gluedCount: number | null;
  readonly nulBytes: number | null;
  readonly tornTail: boolean;
  readonly duplicates: number | null;
  readonly missingSteps: number | null;
  readonly unfinished: number | null;
  readonly droppedCount: number | null;
  /** Whether runs were too many to look at the steps of all. */
  readonly isPartial: boolean;
  /** The first 100 of each location. */
  readonly places: readonly BadPlace[];
  readonly gaps: readonly StepGap[];
  /** Files with bad lines. */
  readonly damagedFiles: readonly VerifiedFile[];
  /** Runs of buckets of which something is missing. */
  readonly buckets: readonly RunReport[];
  readonly isSound: boolean;
  /** Whether `repair` can do something. */
  readonly isMendable: boolean;
}

/** Adds up what was found at several locations. */
export function joined(all: readonly Findings[]): Findings {
  const [first, ...rest] = all;
  if (first === undefined) throw new RangeError("there are no findings");
  return rest.reduce(sum, first);
}

function sum(a: Findings, b: Findings): Findings {
  const added = Object.entries(a).map(([key, value]) => {
    const other = b[key as keyof Findings];
    if (Array.isArray(value)) return [key, [...value, ...(other as unknown[])]];
    if (key === "isSound") return [key, value && other];
    if (typeof value === "boolean") return [key, value || other];
    return [key, value === null || other === null ? null : Number(value) + Number(other)];
  });
  return Object.fromEntries(added) as Findings;
}

/** Looks at every run of a bucket. */
export async function bucketFindings(
  url: string,
  signal: AbortSignal,
  onRead: (bytes: number) => void,
): Promise<Findings> {
  const source = await openBucket(url);
  const counts = { files: 0, bytes: 0, records: 0, runs: 0, badLineCount: 0, duplicates: 0 };
  const buckets: RunReport[] = [];
  let missingSteps = 0;
  for await (const { runId } of source.runs({}, { signal })) {
    const report = await source.report(runId, { signal });
    counts.files += report.parts;
    counts.bytes += report.bytes;
    counts.records += report.records;
    counts.runs++;
    counts.badLineCount += report.badLines;
    counts.duplicates += report.duplicates;
    for (const { from, to } of report.missingSteps) missingSteps += to - from + 1;
    const isFlawed = !report.isComplete || report.duplicates > 0;
    if (isFlawed && buckets.length < MAX_RUNS) buckets.push(report);
    onRead(report.bytes);
  }
  return {
    ...{ ...counts, missingSteps, lines: null, stubCount: null, gluedCount: null, nulBytes: null },
    ...{ tornTail: false, unfinished: null, droppedCount: null, isPartial: false },
    ...{ places: [], gaps: [], damagedFiles: [], buckets },
    isSound: buckets.length === 0,
    isMendable: false,
  };
}

const MAX_RUNS = 1_000;

/** As `--json` has it. */
export function findingsJson(findings: Findings): Json {
  return toSnake(findings) as Json;
}

function toSnake(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSnake);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    toSnake(inner),
  ]);
  return Object.fromEntries(entries);
}
