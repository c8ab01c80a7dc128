import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Child, start, temporaryFolder } from "../child.ts";
import { readLogs } from "./support/check-log.ts";
import { builtShim, type Fault, faultControl } from "./support/fault-control.ts";

const MIB = 1024 * 1024;
const MAX_QUEUE_BYTES = 8 * MIB;
// What a log may have on top of what the same agent has without one: while it grows, the queue is
// there twice, in the old buffer and in a new one of twice its size.
const ROOM_BYTES = 72 * MIB;
// Some 200 MB, which do not fit into that.
const RECORDS = 100_000;
const RECORD_BYTES = 2_000;

const DISKS: Readonly<Record<string, Omit<Fault, "path">>> = {
  "is full": { operations: ["write"], action: "fail", error: "ENOSPC", times: 0 },
  stalls: { operations: ["write"], action: "delay", delayMs: 500, times: 0 },
};

/** A limit on the memory of a process that runs. */
interface Limit {
  readonly skip?: string | false;
  readonly nodeOptions?: readonly string[];
  /** Sets it to what the agent without a log had, and the room for a log. */
  set?(child: Child, without: Usage): void;
}

/** What `/proc/<pid>/status` says, in bytes. */
interface Usage {
  readonly peak: number;
  readonly resident: number;
  readonly data: number;
}

const LIMITS: Readonly<Record<string, Limit>> = {
  "the heap, by --max-old-space-size": { nodeOptions: ["--max-old-space-size=32"] },
  "the address space, by RLIMIT_AS": {
    skip: noTool("prlimit"),
    set: ({ pid }, { peak }) => prlimit(pid, "as", peak + ROOM_BYTES),
  },
  "the data, by RLIMIT_DATA": {
    skip: noTool("prlimit"),
    set: ({ pid }, { data }) => prlimit(pid, "data", data + ROOM_BYTES),
  },
  "all of it, by a cgroup": {
    skip: noCgroup(),
    set: ({ pid }, { resident }) => addToCgroup(pid, resident + ROOM_BYTES),
  },
};

const cgroups: string[] = [];
afterAll(() => {
  for (const folder of cgroups) rmdirSync(folder);
});

describe.skipIf(builtShim() === undefined)("memory is limited, and a disk", () => {
  for (const [what, limit] of Object.entries(LIMITS)) {
    if (limit.skip) console.log(`memory: ${what}: skipped, since ${limit.skip}`);
    for (const [disk, fault] of Object.entries(DISKS)) {
      test.skipIf(limit.skip)(
        `${disk}, ${what}: the queue stays within its bound, what is dropped is counted and told, and the agent goes on`,
        async () => {
          const without = await run({ limit, maxQueueBytes: 0 });
          expect(without.ended).toEqual({ code: 0, signal: null });

          const { ended, stderr, during, after, found } = await run({
            limit,
            without: without.usage,
            maxQueueBytes: MAX_QUEUE_BYTES,
            fault,
          });
          expect({ ended, stderr }).toEqual({ ended: { code: 0, signal: null }, stderr: "" });
          expect(during.maxPendingBytes).toBeGreaterThan(MAX_QUEUE_BYTES / 2);
          expect(during.maxPendingBytes).toBeLessThanOrEqual(MAX_QUEUE_BYTES);
          expect(during.told["QUEUE_FULL"]).toBe(1);
          const { written, pending, dropped } = during.stats;
          expect(written + pending + dropped).toBe(RECORDS);
          // When the disk is well: all but what was dropped is there, once, and the log tells how many.
          expect(after.stats).toMatchObject({ pending: 0, dropped, logDropped: dropped });
          const steps = found.steps.get("run") ?? [];
          expect(new Set(steps).size).toBe(steps.length);
          expect(steps.length).toBe(RECORDS - dropped);
          expect(found.toldDropped).toBe(dropped);
          expect(found.bad).toEqual([]);
          console.log(
            `memory: a disk ${disk}, ${what}: grew by ${mib(during.grewBytes)} MiB, without a log by ` +
              `${mib(without.during.grewBytes)} MiB; ${dropped} of ${RECORDS} dropped`,
          );
        },
      );
    }
  }

  const data = LIMITS["the data, by RLIMIT_DATA"] as Limit;
  test.skipIf(data.skip)(
    "is full, and there is less memory than may wait: what there is none for is dropped, at no cost to the agent",
    async () => {
      const without = await run({ limit: data, maxQueueBytes: 0 });
      const { ended, stderr, during, after, found } = await run({
        limit: data,
        without: without.usage,
        maxQueueBytes: 1024 * MIB,
        fault: DISKS["is full"] as Fault,
      });
      expect({ ended, stderr }).toEqual({ ended: { code: 0, signal: null }, stderr: "" });
      expect(during.maxPendingBytes).toBeLessThan(ROOM_BYTES);
      expect(during.stats.dropped).toBeGreaterThan(0);
      expect(during.told["QUEUE_FULL"]).toBe(1);
      // Asking for memory in vain takes some 20 ms, which is not to be done for each record.
      expect(during.tookMs).toBeLessThan(without.during.tookMs + RECORDS);
      expect(after.stats).toMatchObject({ pending: 0, written: RECORDS - during.stats.dropped });
      expect(found.toldDropped).toBe(during.stats.dropped);
    },
  );

  const bites = LIMITS["all of it, by a cgroup"] as Limit;
  test.skipIf(bites.skip)(
    "is full, and the queue has no bound: the limit is one that kills",
    async () => {
      const without = await run({ limit: bites, maxQueueBytes: 0 });
      const { ended } = await run({
        limit: bites,
        without: without.usage,
        maxQueueBytes: 1024 * MIB,
        fault: DISKS["is full"] as Fault,
      });
      expect(ended).toEqual({ code: null, signal: "SIGKILL" });
    },
  );
});

interface Told {
  readonly stats: { written: number; pending: number; dropped: number; logDropped: number };
  readonly told: Readonly<Record<string, number>>;
  readonly maxPendingBytes: number;
  readonly grewBytes: number;
  readonly tookMs: number;
}

/** An agent while the disk is ill, and its end when it is well; without a queue it has no log. */
async function run(it: {
  readonly limit: Limit;
  readonly without?: Usage;
  readonly maxQueueBytes: number;
  readonly fault?: Omit<Fault, "path">;
}) {
  const root = temporaryFolder();
  const logs = join(root, "logs");
  mkdirSync(logs);
  const control = faultControl(root);
  const [go, until] = [join(root, "go"), join(root, "until")];
  const input = {
    path: it.maxQueueBytes === 0 ? null : join(logs, "log.jsonl"),
    options: { maxQueueBytes: it.maxQueueBytes },
    count: RECORDS,
    bytes: RECORD_BYTES,
    go,
    until,
  };
  const child = start("busy-agent", input, it.limit.nodeOptions, control.env);
  await child.line((line) => line === "ready");
  if (it.fault !== undefined) control.arm({ ...it.fault, path: `${logs}*` });
  if (it.without !== undefined) it.limit.set?.(child, it.without);
  writeFileSync(go, "");
  const reports = () => child.lines.filter((line) => line.startsWith("{"));
  const lives = await child.line((line) => line.startsWith("{")).catch(() => undefined);
  const usage = lives === undefined ? { peak: 0, resident: 0, data: 0 } : usageOf(child.pid);
  control.disarm();
  writeFileSync(until, "");
  const ended = await child.ended;
  return {
    ended,
    usage,
    stderr: child.stderr(),
    during: JSON.parse(reports()[0] ?? "{}") as Told,
    after: JSON.parse(reports()[1] ?? "{}") as Told,
    found: readLogs(logs),
  };
}

function usageOf(pid: number): Usage {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0);
  return { peak: kib("VmPeak") * 1024, resident: kib("VmHWM") * 1024, data: kib("VmData") * 1024 };
}

function prlimit(pid: number, resource: string, bytes: number): void {
  execFileSync("prlimit", [`--pid=${pid}`, `--${resource}=${bytes}`]);
}

function noTool(name: string): string | false {
  return spawnSync(name, ["--version"]).status !== 0 && `${name} is not here`;
}

/** Where groups can be made, and how a limit is called there: version 2, or 1. */
function cgroupRoot(): { folder: string; limit: string } | undefined {
  const version1 = "/sys/fs/cgroup/memory";
  if (existsSync(join(version1, "memory.limit_in_bytes")))
    return { folder: version1, limit: "memory.limit_in_bytes" };
  const version2 = "/sys/fs/cgroup";
  const control = join(version2, "cgroup.subtree_control");
  if (existsSync(control) && readFileSync(control, "utf8").includes("memory"))
    return { folder: version2, limit: "memory.max" };
  return undefined;
}

function noCgroup(): string | false {
  const root = cgroupRoot();
  if (root === undefined) return "no cgroup limits memory here";
  const folder = join(root.folder, `step-log-probe-${process.pid}`);
  try {
    mkdirSync(folder);
    rmdirSync(folder);
    return false;
  } catch (error) {
    return `no cgroup may be made: ${error}`;
  }
}

function addToCgroup(pid: number, bytes: number): void {
  const { folder: root, limit } = cgroupRoot() ?? { folder: "", limit: "" };
  const folder = join(root, `step-log-${process.pid}-${pid}`);
  mkdirSync(folder);
  cgroups.push(folder);
  writeFileSync(join(folder, limit), String(bytes));
  writeFileSync(join(folder, "cgroup.procs"), String(pid));
}

function mib(bytes: number): number {
  return Math.round(bytes / MIB);
}
