import { spawnSync } from "node:child_process";
import { mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

// All three in the order of fault-shim.c.
const OPERATIONS = [
  "write",
  "sync",
  "open",
  "stat",
  "read",
  "rename",
  "mkdir",
  "rmdir",
  "unlink",
  "truncate",
  "chmod",
  "close",
  "utimes",
] as const;
const ACTIONS = ["fail", "half", "stop", "kill", "delay"] as const;
const MOMENTS = ["before", "halfway", "after"] as const;

/** What is done to a file: `write` is also `writev` and `pwrite`, `sync` is `fsync` and `fdatasync`. */
export type Operation = (typeof OPERATIONS)[number];
export type Moment = (typeof MOMENTS)[number];

/** Everything that can fail. */
export const ALL_OPERATIONS: readonly Operation[] = OPERATIONS;

/** What goes wrong, from the `from`-th matching operation on. */
export interface Fault {
  /** A pattern for paths, `*` stands for anything. */
  readonly path: string;
  readonly operations: readonly Operation[];
  /**
   * `fail`: with `error`. `half`: half of the bytes are written, or read; those that follow fail with
   * `error`. `stop`, `kill`: the process. `delay`: for `delayMs`.
   */
  readonly action: (typeof ACTIONS)[number];
  /** Of `stop`, `kill` and `delay`; `halfway` is of writing and reading. Default: `before`. */
  readonly moment?: Moment;
  /** Such as `ENOSPC`. */
  readonly error?: keyof typeof constants.errno;
  readonly delayMs?: number;
  /** Default: 1. */
  readonly from?: number;
  /** Default: 1; 0 is "until it is disarmed". */
  readonly times?: number;
}

/** A fault in other processes, set, changed and taken back while they run. */
export interface FaultControl {
  /** The environment for those processes. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on; counts begin anew. */
  arm(fault: Fault): void;
  /** The disk is well again. */
  disarm(): void;
  /** How far their time of day is ahead. */
  setClock(aheadMs: number): void;
  /** Operations that matched, and how many of them the fault was done to. */
  counts(): { readonly matched: number; readonly injected: number };
}

const FIELDS = 11;
const FIELD_BYTES = 8;
const PATH_BYTES = 400;
const CLOCK_FIELD = 8;
const MATCHED_FIELD = 9;

let shim: string | undefined;

/** The shim, compiled; nothing where it cannot be, as without gcc, or on another system than Linux. */
export function builtShim(): string | undefined {
  if (shim !== undefined) return shim;
  if (process.platform !== "linux") return undefined;
  const folder = join(here, "../../../node_modules/.step-log-test");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `fault-shim-${process.pid}.so`);
  const args = ["-O1", "-Wall", "-shared", "-fPIC", "-o", file, join(here, "fault-shim.c"), "-ldl"];
  const { status, stderr } = spawnSync("gcc", args, { encoding: "utf8" });
  if (status === 0) shim = file;
  else if (stderr) throw new Error(`fault-shim.c does not compile:\n${stderr}`);
  else if (process.env["STEP_LOG_REQUIRE_FAULTS"]) throw new Error("gcc is not here");
  else console.log("faults: skipped, since gcc is not here");
  return shim;
}

/** A control without a fault yet, in a file of `folder`; `trace` writes down what is done to `path`. */
export function faultControl(folder: string, trace?: { file: string; path: string }): FaultControl {
  const file = join(folder, "fault-control");
  const fd = openSync(file, "wx+", 0o600);
  const put = (field: number, ...values: number[]) => {
    const bytes = Buffer.alloc(values.length * FIELD_BYTES);
    for (const [i, value] of values.entries())
      bytes.writeBigInt64LE(BigInt(value), i * FIELD_BYTES);
    writeSync(fd, bytes, 0, bytes.length, field * FIELD_BYTES);
  };
  const putPath = (path: string) => {
    const bytes = Buffer.alloc(PATH_BYTES);
    if (bytes.write(path) > PATH_BYTES - 1) throw new Error(`too long a pattern: ${path}`);
    writeSync(fd, bytes, 0, bytes.length, FIELDS * FIELD_BYTES);
  };
  put(0, ...Array.from({ length: FIELDS }, () => 0));
  putPath(trace?.path ?? "");
  return {
    env: {
      LD_PRELOAD: builtShim() ?? "",
      UV_USE_IO_URING: "0",
      FAULT_CONTROL: file,
      ...(trace && { FAULT_TRACE: trace.file }),
    },
    arm(fault) {
      put(0, 0);
      putPath(fault.path);
      put(
        1,
        fault.operations.reduce((bits, name) => bits | (1 << OPERATIONS.indexOf(name)), 0),
        ACTIONS.indexOf(fault.action),
        MOMENTS.indexOf(fault.moment ?? "before"),
        fault.error === undefined ? 0 : constants.errno[fault.error],
        fault.from ?? 1,
        fault.times ?? 1,
        fault.delayMs ?? 0,
      );
      put(MATCHED_FIELD, 0, 0);
      put(0, 1);
    },
    disarm: () => put(0, 0),
    setClock: (aheadMs) => put(CLOCK_FIELD, aheadMs),
    counts() {
      const bytes = Buffer.alloc(2 * FIELD_BYTES);
      readSync(fd, bytes, 0, bytes.length, MATCHED_FIELD * FIELD_BYTES);
      return {
        matched: Number(bytes.readBigInt64LE(0)),
        injected: Number(bytes.readBigInt64LE(FIELD_BYTES)),
      };
    },
  };
}
