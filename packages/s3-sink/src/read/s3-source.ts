import type { BadLine, ReadOptions, Source, StepRecord } from "@step-log/core";
import { openStore } from "../store/open-store.ts";
import { listRuns } from "./list-runs.ts";
import { manifestReader } from "./manifest-reader.ts";
import { listDays, readAllRuns, readRun } from "./read-runs.ts";
import { oneByOne } from "./reading.ts";
import type { RunReport } from "./run-audit.ts";
import { type S3SourceOptions, sourceSettings } from "./s3-source-options.ts";

/** What reading a run from a bucket takes. */
export interface S3ReadOptions extends ReadOptions {
  /** Hears at the end what was read and what is missing; not when the reading is left before. */
  readonly onReport?: (report: RunReport) => void;
}

/** Reads what `s3Sink` wrote. */
export interface S3Source extends Source {
  /** Reads one run by step; the records of each writer in the order in which it wrote them. */
  read(runId: string, options?: S3ReadOptions): AsyncIterable<StepRecord | BadLine>;
  /** Reads one run, and says what is there and what is missing. */
  report(runId: string, options?: ReadOptions): Promise<RunReport>;
  /** The UTC days, `2026-11-22`, on which runs began, ascending. */
  days(options?: ReadOptions): Promise<string[]>;
}

/**
 * Reads the runs of a log in a bucket, also what `compact` has packed.
 *
 * Several parts are got at once; what breaks off is got again, what was written with a checksum is
 * checked. Memory holds one part of each writer of a run whose steps are near, and `maxConcurrency`
 * more. A damaged part is passed over and passed on as one `BadLine`; a part that is missing between
 * others is no error, since it may still be on its way: `report` tells of it.
 *
 * A run whose id is a UUID of version 7 or a ULID is found with one list, any other with one for each
 * day that there is.
 *
 * The iterations throw StepLogError `READ_FAILED`.
 *
 * @param url `s3://bucket/prefix/`
 * @throws TypeError for options that cannot be meant
 */
export function s3Source(url: string | URL, options: S3SourceOptions = {}): S3Source {
  const settings = sourceSettings(options);
  const log = { ...openStore(url, options, "s3Source"), ...settings };
  const reading = { ...log, manifests: manifestReader(log) };
  const read: S3Source["read"] = (runId, { signal, onReport } = {}) =>
    oneByOne(reading, signal, (it) => readRun(runId, it, onReport));
  return {
    read,
    runs: (filter = {}, { signal } = {}) => oneByOne(reading, signal, (it) => listRuns(filter, it)),
    readAll: ({ signal } = {}) => oneByOne(reading, signal, readAllRuns),
    async days({ signal } = {}) {
      const found: string[] = [];
      for await (const day of oneByOne(reading, signal, listDays)) found.push(day);
      return found;
    },
    async report(runId, { signal } = {}) {
      let report: RunReport | undefined;
      const onReport = (it: RunReport) => {
        report = it;
      };
      const options = signal === undefined ? { onReport } : { onReport, signal };
      for await (const _ of read(runId, options));
      return report as RunReport;
    },
  };
}
