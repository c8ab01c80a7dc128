import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StepLog } from "@step-log/core";
import { describe, expect, test } from "vitest";
import type { FsSinkOptions } from "../src/index.ts";
import { type Child, start, temporaryFolder } from "./child.ts";
import { newPath, openLog, range, stepsIn } from "./open-log.ts";
import { until } from "./until.ts";

// proper-lockfile looks after a lock every 2.5 s, and counts it as left behind after 5 s.
const UPDATE_MS = 2_500;
const STALE_MS = 5_000;

describe("a lock that is taken away while it is held", () => {
  test("is taken again; it is told once, and nothing is left behind or lost", async () => {
    const { path, lock, log, told, held, end } = open();
    await held();
    rmdirSync(lock);
    await until(() => {
      log.recordEvent("again");
      return existsSync(lock);
    });
    // Also when proper-lockfile comes to look after the one that was taken away.
    await recordFor(log, UPDATE_MS + 500);
    expect(existsSync(lock)).toBe(true);
    await end();
    expect(told).toEqual({ LOCK_LOST: 1 });
    expect(readdirSync(dirname(path))).toEqual(["agent-steps.jsonl"]);
  });

  test("and is another's now, is left to that other", async () => {
    const { path, lock, log, told, held, end } = open();
    await held();
    rmdirSync(lock);
    mkdirSync(lock);
    const others = identityOf(lock);
    log.recordEvent("one");
    await sleep(10);
    log.recordEvent("two");
    await end();
    expect(identityOf(lock)).toBe(others);
    expect(told).toEqual({ LOCK_LOST: 1 });
    expect(readdirSync(dirname(path)).sort()).toContain("agent-steps.jsonl.lock");
  });

  test("and is another's now, is not given up when there is nothing more to record", async () => {
    const { lock, told, held, end } = open();
    await held();
    rmdirSync(lock);
    mkdirSync(lock);
    const others = identityOf(lock);
    await sleep(UPDATE_MS + 500);
    expect(identityOf(lock)).toBe(others);
    expect(told).toEqual({ LOCK_LOST: 1 });
    await end();
    expect(identityOf(lock)).toBe(others);
  });
});

describe("a lock that a killed process left", () => {
  test("holds up the first record, os, for some 10 ms, and no other", async () => {
    const { path, lock, killed } = await leftByKilled();
    const { log, end } = open({}, path);
    const times = Array.from({ length: 50 }, () => took(() => log.recordEvent("at once")));
    expect(stepsIn(path).at(-1)).toBe(50);
    expect(existsSync(lock)).toBe(true);
    expect(times[0]).toBeLessThan(100);
    expect(times.slice(1).sort((a, b) => a - b)[25]).toBeLessThan(5);
    await end();
    expectWhole(path, killed);
  });

  test("holds up a batch, buffered, for maxLockWaitMs, and is told of once", async () => {
    const { path, lock } = await leftByKilled();
    const { log, told, end } = open({ durability: "buffered", maxLockWaitMs: 50 }, path);
    for (let i = 0; i < 10; i++) {
      log.recordEvent("batch");
      const waited = await tookAsync(() => log.flush());
      expect(waited).toBeLessThan(1_000);
    }
    expect(stepsIn(path).at(-1)).toBe(10);
    expect(existsSync(lock)).toBe(true);
    expect(told).toEqual({ LOCK_BUSY: 1 });
    await end();
  });

  test.each(["os", "buffered", "fsync"] as const)(
    "is taken over when it is stale, %s",
    async (durability) => {
      const { path, lock, killed } = await leftByKilled();
      age(lock);
      const { log, told, end } = open({ durability }, path);
      await until(() => {
        log.recordEvent("again");
        const mtimeMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
        return mtimeMs > Date.now() - STALE_MS;
      });
      await end();
      expect(told).toEqual({});
      expect(existsSync(lock)).toBe(false);
      expectWhole(path, killed);
    },
  );
});

describe("a lock of one whose clock is an hour ahead", () => {
  test.each(["os", "buffered"] as const)(
    "does not keep others from writing, %s",
    async (durability) => {
      const { path, lock, log, end } = open({ durability, maxLockWaitMs: 20 });
      mkdirSync(lock);
      const ahead = Math.floor(Date.now() / 1000) + 3_600;
      utimesSync(lock, ahead, ahead);
      for (let i = 0; i < 20; i++) {
        log.recordEvent("again");
        await sleep(1);
      }
      await log.flush();
      expect(stepsIn(path)).toEqual(range(1, 20));
      expect(statSync(lock).mtimeMs).toBe(ahead * 1000);
      rmdirSync(lock);
      await until(() => {
        log.recordEvent("again");
        return existsSync(lock);
      });
      await end();
      expect(existsSync(lock)).toBe(false);
    },
  );
});

describe("a lock that cannot be had, ever", () => {
  const hindrances: Readonly<Record<string, (lock: string) => void>> = {
    "has a file in it": (lock) => {
      mkdirSync(lock);
      writeFileSync(join(lock, ".DS_Store"), "");
      age(lock);
    },
    "is a file": (lock) => {
      writeFileSync(lock, "");
      age(lock);
    },
  };
  for (const [what, make] of Object.entries(hindrances)) {
    test.each(["os", "buffered"] as const)(
      `since it ${what}, is told of once and keeps nobody from writing, %s`,
      async (durability) => {
        const { path, lock, log, told, end } = open({ durability, maxLockWaitMs: 20 });
        make(lock);
        await recordFor(log, 1_000);
        await log.flush();
        const last = log.recordEvent("last");
        await end();
        expect(stepsIn(path)).toEqual(range(1, last));
        expect(told).toEqual({ LOCK_BUSY: 1 });
      },
    );
  }

  test("a file that comes into it while it is held makes neither writing nor closing fail", async () => {
    const { path, lock, log, told, held, end } = open();
    await held();
    writeFileSync(join(lock, ".DS_Store"), "");
    log.recordEvent("again");
    await end();
    expect(told).toEqual({});
    expectWhole(path, "run");
  });
});

describe("while it is held", () => {
  test("by another who records, a record of ours can be read back at once", async () => {
    const path = newPath();
    const { child, stop } = await holding(path, "os");
    const { log, end } = open({}, path);
    for (let i = 1; i <= 50; i++) {
      const step = log.recordEvent("at once");
      expect(stepsIn(path).at(-1)).toBe(step);
    }
    await end();
    expect((await stop()).errors).toEqual([]);
    expectWhole(path, "hold");
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  test("it is given to one who asks for it", async () => {
    const path = newPath();
    const { stop } = await holding(path, "os");
    const { log, told, end } = open({ durability: "buffered", maxLockWaitMs: 20_000 }, path);
    for (let i = 0; i < 5; i++) {
      log.recordEvent("batch");
      expect(await tookAsync(() => log.flush())).toBeLessThan(5_000);
    }
    await end();
    expect(told).toEqual({});
    expect((await stop()).errors).toEqual([]);
    expectWhole(path, "hold");
    expectWhole(path, "run");
  });

  test("it is given up when there is nothing to record for a second", async () => {
    const { path, lock, held, end } = open();
    await held();
    await until(() => !existsSync(lock), 5_000);
    await end();
    expect(readdirSync(dirname(path))).toEqual(["agent-steps.jsonl"]);
  });

  test("it is given up by close", async () => {
    const { path, held, end } = open();
    await held();
    await end();
    expect(readdirSync(dirname(path))).toEqual(["agent-steps.jsonl"]);
  });

  test("by one that is killed, it is given up by nobody; by one that exits, at once", async () => {
    const { lock } = await leftByKilled();
    expect(existsSync(lock)).toBe(true);
    const path = newPath();
    const { stop } = await holding(path, "os");
    await stop();
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});

// Shared by turns, the lock must in the end belong to nobody; a lease that nobody looks after any more
// would be kept as long as its process lives.
test("processes that shared it for a while, and are idle then, leave no lock", async () => {
  for (let round = 0; round < 6; round++) {
    const path = newPath();
    const { stop } = await holding(path, "os");
    const { log, lock, end } = open({}, path);
    await recordFor(log, 700);
    await stop();
    await until(() => !existsSync(lock), 10_000);
    await end();
  }
}, 60_000);

test.concurrent.each([
  ["records at once", 0],
  ["is idle for a while", 1_500],
])(
  "a process that was blocked while another took its stale lock over, and then %s, lets it be",
  async (_, idleMs) => {
    const path = newPath();
    const lock = `${path}.lock`;
    const blocked = start("block", { path, runId: "blocked", blockMs: 8_500, idleMs });
    await blocked.line((line) => line === "locked");
    const before = statSync(lock).mtimeMs;
    const other = hold(path, "os");
    await until(() => existsSync(lock) && statSync(lock).mtimeMs !== before, 8_000);
    const others = identityOf(lock);
    expect(await blocked.ended, blocked.stderr()).toEqual({ code: 0, signal: null });
    const report = JSON.parse(blocked.lines.at(-1) ?? "");
    expect(blocked.stderr()).toBe("");
    expect(report).toMatchObject({ errors: ["LOCK_LOST"] });
    const { errors } = await other.stop();
    expect({ others, errors }).toEqual({ others: expect.anything(), errors: [] });
    expectWhole(path, "blocked");
    expectWhole(path, "hold");
  },
  60_000,
);

/** A run over a new sink, and its lock. */
function open(options: FsSinkOptions = {}, at: string = newPath()) {
  const { path, log, told, recordTo, close } = openLog(options, at);
  const lock = `${path}.lock`;
  return {
    path,
    lock,
    log,
    told,
    recordTo,
    /** Records until the lock is had, and known to be. */
    async held() {
      await until(() => {
        log.recordEvent("until it is held");
        return existsSync(lock);
      });
      await recordFor(log, 100);
    },
    /** Closes, and makes sure that the run is whole. */
    async end() {
      await close();
      expectWhole(path, "run");
    },
  };
}

async function recordFor(log: StepLog, ms: number): Promise<void> {
  const end = performance.now() + ms;
  await until(() => {
    log.recordEvent("again");
    return performance.now() > end;
  });
}

interface Holder {
  readonly child: Child;
  /** Ends it; gives what it was told. */
  stop(): Promise<{ errors: string[]; last: number }>;
}

function hold(path: string, durability: string): Holder {
  const stopper = join(temporaryFolder(), "stop");
  const child = start("hold", { path, runId: "hold", durability, until: stopper });
  return {
    child,
    async stop() {
      writeFileSync(stopper, "");
      expect(await child.ended, child.stderr()).toEqual({ code: 0, signal: null });
      return JSON.parse(child.lines.at(-1) ?? "");
    },
  };
}

/** Another process that has the lock. */
async function holding(path: string, durability: string): Promise<Holder> {
  const holder = hold(path, durability);
  await holder.child.line((line) => line === "locked");
  return holder;
}

async function leftByKilled(): Promise<{ path: string; lock: string; killed: string }> {
  const path = newPath();
  const { child } = await holding(path, "os");
  process.kill(child.pid, "SIGKILL");
  await child.ended;
  return { path, lock: `${path}.lock`, killed: "hold" };
}

function age(path: string): void {
  const aged = Date.now() / 1000 - 3_600;
  utimesSync(path, aged, aged);
}

/** Tells a lock from another in its place, also where the inode is used again. */
function identityOf(lock: string): string {
  if (!existsSync(lock)) return "none";
  const { ino, birthtimeNs } = statSync(lock, { bigint: true });
  return `${ino} of ${birthtimeNs}`;
}

/** Makes sure that each record of a run is there, once and in order. */
function expectWhole(path: string, runId: string): void {
  const steps = stepsIn(path, runId);
  const [first = 0] = steps;
  expect(steps).toEqual(steps.map((_, i) => first + i));
}

function took(work: () => void): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

async function tookAsync(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
