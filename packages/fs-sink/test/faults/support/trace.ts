import { readFileSync } from "node:fs";
import type { Operation } from "./fault-control.ts";

/** What one process did to one file. */
export interface Traced {
  /** Nanoseconds of the monotonic clock, the same for all processes. */
  readonly began: bigint;
  readonly ended: bigint;
  readonly pid: number;
  readonly operation: Operation;
  /** What the call gave back, or the negative number of its error. */
  readonly result: number;
  readonly path: string;
}

/** Reads what the shim wrote down, in the order in which calls ended. */
export function readTrace(file: string): Traced[] {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [began = "", ended = "", pid, operation, result, ...path] = line.split(" ");
      return {
        began: BigInt(began),
        ended: BigInt(ended),
        pid: Number(pid),
        operation: operation as Operation,
        result: Number(result),
        path: path.join(" "),
      };
    })
    .sort((a, b) => (a.ended < b.ended ? -1 : 1));
}

/** A time for which a process had the lock. */
export interface Hold {
  readonly pid: number;
  readonly from: bigint;
  /** Until it began to give the lock up, or another took the lock away. */
  to: bigint;
  /** Who took it away, if it was not the holder. */
  takenBy?: number;
}

/** Who had the lock when: from the end of a `mkdir` that went well to the beginning of its `rmdir`. */
export function holdsOf(trace: readonly Traced[], lock: string): Hold[] {
  const holds: Hold[] = [];
  for (const { operation, result, path, pid, began, ended } of trace) {
    if (path !== lock || result !== 0) continue;
    if (operation === "mkdir") holds.push({ pid, from: ended, to: FOREVER });
    if (operation !== "rmdir") continue;
    const open = holds.filter((hold) => hold.to === FOREVER);
    const own = open.find((hold) => hold.pid === pid);
    // One that is not its own: a lock that was left behind, or that it took for one.
    const hold = own ?? open.at(-1);
    if (hold === undefined) continue;
    hold.to = began;
    if (own === undefined) hold.takenBy = pid;
  }
  return holds;
}

const FOREVER = 2n ** 62n;

/** A write that its process made without looking at the file's end after it. */
export interface BlindWrite extends Traced {
  /**
   * Nanoseconds from the beginning of its last look to the end of the call before this one, and so
   * less than the time after which it decided not to look, however long it then had no processor.
   */
  readonly sinceLook: bigint;
}

/** The writes to a file that were made without looking. */
export function blindWrites(trace: readonly Traced[], log: string): BlindWrite[] {
  const pids = [...new Set(trace.map(({ pid }) => pid))];
  return pids.flatMap((pid) => {
    const own = trace.filter((call) => call.pid === pid && call.path === log);
    let lookedAt = 0n;
    return own.flatMap((call, i) => {
      if (call.operation !== "write") lookedAt = call.began;
      else if (own[i + 1]?.operation === "write") {
        return [{ ...call, sinceLook: (own[i - 1]?.ended ?? FOREVER) - lookedAt }];
      }
      return [];
    });
  });
}
