import { AssertionError } from "node:assert";
import { fileURLToPath } from "node:url";
import { type BadLine, type StepRecord, safe } from "@step-log/core";
import { ignoreRules } from "../diff/ignore-rules.ts";
import { Replay } from "../replay.ts";
import { snapshotOf } from "./snapshot.ts";
import { readSnapshot, writeSnapshot } from "./snapshot-file.ts";
import { compareSnapshots, type SnapshotResult, type SnapshotStatus } from "./snapshot-result.ts";
import type { VolatileOptions } from "./volatile.ts";

/** Options of `expectRun`. */
export interface SnapshotOptions {
  /** Places in a step that may differ, as those of `diff`. Default: none. */
  readonly ignore?: readonly string[];
  /** What differs from run to run and is left out. Default: ids, times, durations, tokens. */
  readonly volatile?: VolatileOptions;
  /** What passes beside `passed`: `["output_drift"]` for an agent on a live model. Default: nothing. */
  readonly allow?: readonly SnapshotStatus[];
  /** Whether the snapshot is written anew. @defaultValue whether `STEP_LOG_UPDATE_SNAPSHOTS` is set to 1 */
  readonly update?: boolean;
}

/** What can be expected of a run. */
export interface RunExpectation {
  /**
   * Holds the run against the snapshot at a path. Where there is none, it is written, but with the
   * variable `CI` set: there nobody would see it.
   *
   * @throws AssertionError of `node:assert` when the run does not match
   * @throws StepLogError `READ_FAILED` for a file that is no snapshot, `WRITE_FAILED`
   */
  toMatchSnapshot(path: string | URL): SnapshotResult;
}

/**
 * Expects something of a recorded run, in any test runner. Synchronous, so that no `await` can be
 * forgotten.
 *
 * @param run A run that was opened, or the records of one.
 * @throws TypeError for options that cannot be meant
 */
export function expectRun(
  run: Replay | Iterable<StepRecord | BadLine>,
  options: SnapshotOptions = {},
): RunExpectation {
  const { volatile, allow = [], update = isSet("STEP_LOG_UPDATE_SNAPSHOTS") } = options;
  const isIgnored = ignoreRules(options.ignore);
  const replay = run instanceof Replay ? run : Replay.of(run);

  return {
    toMatchSnapshot(location) {
      const path = location instanceof URL ? fileURLToPath(location) : location;
      const now = snapshotOf(replay, volatile);
      const before = readSnapshot(path);
      const name = safe(replay.runId);
      if (before === undefined) {
        if (!update && isSet("CI")) {
          throw mismatch(`run ${name} has no snapshot at ${path}, and none is written in CI`);
        }
        writeSnapshot(path, now);
        return { status: "passed", path, written: true, lines: [] };
      }
      const { status, lines } = compareSnapshots(before, now, isIgnored);
      if (status === "passed" || (allow.includes(status) && !update)) {
        return { status, path, written: false, lines };
      }
      if (update) {
        writeSnapshot(path, now);
        return { status, path, written: true, lines };
      }
      const head = `run ${name} does not match its snapshot ${path}: ${status}`;
      const hint = "if it is right so, run again with STEP_LOG_UPDATE_SNAPSHOTS=1";
      throw mismatch([head, ...lines.map((line) => `  ${line}`), hint].join("\n"));
    },
  };
}

function isSet(variable: string): boolean {
  const value = process.env[variable] ?? "";
  return !["", "0", "false"].includes(value);
}

function mismatch(message: string): AssertionError {
  return new AssertionError({ message, operator: "toMatchSnapshot" });
}
