import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StepLogError } from "@step-log/core";
import { afterEach, describe, expect, test } from "vitest";
import type { Durability } from "../src/index.ts";
import { start, temporaryFolder } from "./child.ts";
import { linesIn, newPath, openLog, range, recordsIn, stepsIn } from "./open-log.ts";
import { until } from "./until.ts";

const DURABILITIES = ["os", "buffered", "fsync"] satisfies Durability[];
// A writer looks every 50 ms where its path leads.
const NOTICED_MS = 60;
const isRoot = process.geteuid?.() === 0;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanups.splice(0).reverse()) cleanUp();
});

describe.each(DURABILITIES)("while a log is open, %s", (durability) => {
  test("its file is deleted: a new one takes what comes", async () => {
    const { path, sink, told, recordTo, close } = openLog({ durability });
    recordTo(10);
    await sink.flush();
    rmSync(path);
    recordTo(20);
    await sink.flush();
    expect(stepsIn(path)).toEqual(range(11, 20));
    await close();
    expect(stepsIn(path)).toEqual(range(11, 20));
    expect(told["FILE_CHANGED"] ?? 0).toBeLessThanOrEqual(1);
    expect(sink.stats?.()).toMatchObject({ written: 20, pending: 0, dropped: 0 });
  });

  test("its folder is deleted: it is made again", async () => {
    const { path, sink, recordTo, close } = openLog(
      { durability },
      join(temporaryFolder(), "a", "b", "log.jsonl"),
    );
    recordTo(10);
    await sink.flush();
    rmSync(join(dirname(path), ".."), { recursive: true });
    recordTo(20);
    await close();
    expect(stepsIn(path)).toEqual(range(11, 20));
  });

  test("its file is renamed: old and new file together have all, once and in order", async () => {
    const { path, sink, recordTo, close } = openLog({ durability });
    recordTo(5);
    await sink.flush();
    recordTo(10);
    renameSync(path, `${path}.1`);
    recordTo(20);
    await sleep(NOTICED_MS);
    recordTo(30);
    await close();
    expect(stepsIn([`${path}.1`, path])).toEqual(range(1, 30));
    expect(stepsIn(path)).toContain(30);
  });

  test("its file is truncated: it goes on at the beginning", async () => {
    for (let round = 0; round < 20; round++) {
      const { path, sink, recordTo, close } = openLog({ durability });
      recordTo(10);
      await sink.flush();
      truncateSync(path, 0);
      recordTo(20);
      await close();
      expect(stepsIn(path)).toEqual(range(11, 20));
    }
  });

  test("its file is truncated again and again: no record behind that is lost, and none is there twice", async () => {
    const { path, log, recordTo, close } = openLog({ durability });
    // With the lock, and alone, it writes without looking.
    let last = 0;
    const from = performance.now();
    await until(() => {
      last = log.recordEvent("warm up");
      return performance.now() - from > 200 && existsSync(path);
    });
    for (let round = 0; round < 100; round++) {
      recordTo(last + 10);
      truncateSync(path, 0);
      last += 15;
      recordTo(last);
      if (round % 10 === 0) await sleep(1);
    }
    await close();
    // Those just before it may be there too, since they were not yet sure to stand.
    const steps = stepsIn(path).sort((a, b) => a - b);
    expect(new Set(steps).size).toBe(steps.length);
    expect(steps.slice(-5)).toEqual(range(last - 4, last));
  });

  const replacements: Readonly<Record<string, (path: string, victim: string) => void>> = {
    "a link": (path, victim) => symlinkSync(victim, path),
    "a hard link": (path, victim) => linkSync(victim, path),
    "a pipe": (path) => void execFileSync("mkfifo", [path]),
    "a folder": (path) => void mkdirSync(path),
  };
  test.each(Object.keys(replacements))(
    "%s takes its place: records wait until that is gone",
    async (what) => {
      const { path, sink, told, recordTo, close } = openLog({ durability });
      const victim = join(temporaryFolder(), "victim");
      writeFileSync(victim, "the victim's\n");
      recordTo(10);
      await sink.flush();
      renameSync(path, `${path}.1`);
      replacements[what]?.(path, victim);
      await sleep(NOTICED_MS);
      recordTo(20);
      const code = what === "a folder" ? "WRITE_FAILED" : "UNSAFE_FILE";
      await expect(sink.flush()).rejects.toMatchObject({
        code,
        lost: 0,
        pending: 10,
        details: { path },
      });
      expect(sink.stats?.()).toMatchObject({ written: 10, pending: 10, dropped: 0 });
      expect(told).toEqual({ [code]: 1 });
      rmSync(path, { recursive: true });
      recordTo(30);
      await sink.flush();
      await close();
      expect(stepsIn(`${path}.1`)).toEqual(range(1, 10));
      expect(stepsIn(path)).toEqual(range(11, 30));
      expect(readFileSync(victim, "utf8")).toBe("the victim's\n");
    },
  );

  test("a file takes its folder's place: records wait until that is gone, and nothing is thrown", async () => {
    const { path, sink, told, log, recordTo, close } = openLog(
      { durability },
      join(temporaryFolder(), "logs", "log.jsonl"),
    );
    const folder = dirname(path);
    recordTo(10);
    await sink.flush();
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, "");
    await sleep(NOTICED_MS);
    recordTo(20);
    await expect(sink.flush()).rejects.toMatchObject({
      code: "WRITE_FAILED",
      lost: 0,
      pending: 10,
    });
    // Longer than an idle lock is kept.
    await sleep(1_200);
    expect(log.stats().dropped).toBe(0);
    expect(told["SINK_FAILED"]).toBeUndefined();
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
    recordTo(30);
    await close();
    expect(stepsIn(path)).toEqual(range(1, 30));
  });
});

describe.each(DURABILITIES)(
  "what lies in the place of a log from the beginning, %s",
  (durability) => {
    const kinds: Readonly<Record<string, (path: string, victim: string) => void>> = {
      "a link": (path, victim) => symlinkSync(victim, path),
      "a link that leads nowhere": (path) => symlinkSync(`${path}.nowhere`, path),
      "a hard link": (path, victim) => linkSync(victim, path),
      "a pipe": (path) => void execFileSync("mkfifo", [path]),
      "the file of another user": (path) => {
        writeFileSync(path, "");
        chownSync(path, 12_345, 12_345);
      },
    };
    test.each(Object.keys(kinds))(
      "%s: records wait, and are written when it is gone",
      async (what) => {
        if (what === "the file of another user" && !isRoot) return;
        const path = newPath();
        const victim = join(temporaryFolder(), "victim");
        writeFileSync(victim, "the victim's\n");
        kinds[what]?.(path, victim);
        const { sink, told, recordTo, close } = openLog({ durability }, path);
        recordTo(10);
        await expect(sink.flush()).rejects.toMatchObject({
          code: "UNSAFE_FILE",
          lost: 0,
          pending: 10,
        });
        await expect(sink.flush()).rejects.toMatchObject({
          code: "UNSAFE_FILE",
          lost: 0,
          pending: 10,
        });
        expect(told).toEqual({ UNSAFE_FILE: 1 });
        rmSync(path);
        await sink.flush();
        expect(stepsIn(path)).toEqual(range(1, 10));
        await close();
        expect(readFileSync(victim, "utf8")).toBe("the victim's\n");
        expect(existsSync(`${path}.nowhere`)).toBe(false);
      },
    );

    test("records that waited are written without a flush, within a second or two", async () => {
      const path = blockedPath();
      const { recordTo, close } = openLog({ durability }, path);
      recordTo(10);
      await sleep(300); // some tries, further and further apart
      rmSync(path);
      await until(() => existsSync(path) && stepsIn(path).length === 10, 5_000);
      await close();
      expect(stepsIn(path)).toEqual(range(1, 10));
    });
  },
);

describe("modes", () => {
  test("files are 0600 and folders 0700, also where the umask is 0", async () => {
    const before = process.umask(0);
    try {
      const { path, recordTo, close } = openLog({}, join(temporaryFolder(), "a", "b", "log.jsonl"));
      recordTo(1);
      expect(modeOf(path)).toBe("600");
      expect(modeOf(dirname(path))).toBe("700");
      expect(modeOf(join(dirname(path), ".."))).toBe("700");
      await close();
    } finally {
      process.umask(before);
    }
  });

  test("a file of 0644 becomes 0600, or what is asked for", async () => {
    for (const mode of [0o600, 0o640]) {
      const path = newPath();
      writeFileSync(path, "", { mode: 0o644 });
      chmodSync(path, 0o644);
      const { recordTo, close } = openLog({ mode }, path);
      recordTo(1);
      await close();
      expect(modeOf(path)).toBe(mode.toString(8));
    }
  });
});

describe("the stub that a killed writer left", () => {
  const stub = '{"run_id":"killed","step":7,"type":"ev';

  test.each(DURABILITIES)("is closed and stays, %s", async (durability) => {
    const path = newPath();
    writeFileSync(path, `${whole(1)}${stub}`);
    const { recordTo, close } = openLog({ durability }, path);
    recordTo(5);
    await close();
    const [first, second, ...ours] = linesIn(path);
    expect([`${first}\n`, second]).toEqual([whole(1), stub]);
    expect(ours.map((line) => JSON.parse(line).step)).toEqual(range(1, 5));
  });

  test.each(DURABILITIES)("is closed also when it comes while we write, %s", async (durability) => {
    const path = newPath();
    const { sink, recordTo, close } = openLog({ durability }, path);
    for (let round = 1; round <= 20; round++) {
      recordTo(round * 5);
      await sink.flush();
      appendFileSync(path, stub);
      if (round % 3 === 0) await sleep(10);
    }
    recordTo(105);
    await close();
    const lines = linesIn(path);
    expect(lines.filter((line) => line.startsWith(stub))).toHaveLength(20);
    // One that was written to its end without looking is written again, behind others.
    const records = lines.flatMap((line) => parsed(line) ?? []);
    expect(records.map(({ step }) => step).sort((a, b) => a - b)).toEqual(range(1, 105));
  });

  test("is all that the file holds: it is closed", async () => {
    const path = newPath();
    writeFileSync(path, "\0\0\0");
    const { recordTo, close } = openLog({}, path);
    recordTo(1);
    await close();
    const [first, ...ours] = linesIn(path);
    expect(first).toBe("\0\0\0");
    expect(ours).toHaveLength(1);
  });
});

describe.each(DURABILITIES)("records of some MiB, %s", (durability) => {
  test("are written whole, between small ones, by two processes", async () => {
    const path = newPath();
    const sizes = [10, 5_000_000, 100, 2_000_000, 1_100_000, 10, 3_000_000];
    const other = start("flood", {
      path,
      runId: "other",
      durability,
      count: 300,
      maxBytes: 2_000_000,
      seed: 1,
    });
    await other.line(() => true);
    const { log, close } = openLog({ durability }, path, { payload: { maxBytes: 8_000_000 } });
    for (const size of sizes) log.recordEvent("large", "x".repeat(size));
    await close();
    expect(await other.ended).toEqual({ code: 0, signal: null });
    const ours = recordsIn(path).filter(({ run_id }) => run_id === "run");
    expect(ours.map((record) => (record as unknown as { data: string }).data.length)).toEqual(
      sizes,
    );
    expect(stepsIn(path, "other")).toEqual(range(0, 301));
  }, 30_000);
});

describe("too much waits", () => {
  test.each(DURABILITIES)(
    "the newest are dropped, counted and told; what waited is written once, %s",
    async (durability) => {
      const path = blockedPath();
      const { sink, log, told, errors, recordTo, close } = openLog(
        { durability, maxQueueBytes: 10_000 },
        path,
      );
      recordTo(100);
      const { written, pending, dropped } = sink.stats?.() ?? {
        written: 0,
        pending: 0,
        dropped: 0,
      };
      expect(written + pending + dropped).toBe(log.stats().recorded);
      expect(pending).toBeGreaterThan(30);
      expect(dropped).toBeGreaterThan(30);
      expect(sink.stats?.().pendingBytes).toBeLessThanOrEqual(10_000);
      expect(log.stats().dropped).toBe(dropped);
      await expect(sink.flush()).rejects.toMatchObject({ lost: dropped, pending });
      expect(told["QUEUE_FULL"]).toBe(1);
      expect(errors.every((error) => error.message.includes(path))).toBe(true);

      rmSync(path);
      await sink.flush();
      recordTo(110);
      await close();
      const records = recordsIn(path);
      expect(records.filter(({ type }) => type === "event").map(({ step }) => step)).toEqual([
        ...range(1, pending),
        ...range(101, 110),
      ]);
      expect(records.filter(({ type }) => type === "log_dropped")).toEqual([
        expect.objectContaining({ run_id: "run", count: dropped, reason: "queue full" }),
      ]);
      expect(sink.stats?.()).toMatchObject({ pending: 0, dropped });
      expect(await failureOf(sink.flush())).toBeUndefined();
    },
  );

  test.each(DURABILITIES)(
    "what is written and what was dropped are what was recorded, %s",
    async (durability) => {
      const path = blockedPath();
      const { sink, log, recordTo, close } = openLog({ durability, maxQueueBytes: 10_000 }, path);
      recordTo(100);
      rmSync(path);
      await failureOf(sink.flush());
      await close();
      const { written = 0, dropped = 0 } = sink.stats?.() ?? {};
      expect(written + dropped).toBe(log.stats().recorded);
    },
  );

  test.each(DURABILITIES)(
    "a limit below a burst loses nothing while the disk works, %s",
    async (durability) => {
      const { path, sink, recordTo, close } = openLog({ durability, maxQueueBytes: 100 });
      recordTo(100);
      await close();
      expect(sink.stats?.().dropped).toBe(0);
      expect(stepsIn(path)).toEqual(range(1, 100));
    },
  );
});

describe("a file that must not grow, EFBIG", () => {
  test.each(DURABILITIES)("its records wait until it may, %s", async (durability) => {
    const { path, child, go, again } = burst(durability, 200);
    await child.line((line) => line === "ready");
    execFileSync("prlimit", [`--pid=${child.pid}`, "--fsize=65536:unlimited"]);
    const before = JSON.parse(await go());
    expect(before.failure).toMatchObject({ code: "WRITE_FAILED", lost: 0 });
    expect(before.stats.written + before.stats.pending).toBe(200);
    expect(before.stats.pending).toBe(before.failure.pending);
    expect(before.told).toEqual({ WRITE_FAILED: 1 });
    execFileSync("prlimit", [`--pid=${child.pid}`, "--fsize=unlimited:unlimited"]);
    const after = JSON.parse(await again());
    expect(after).toMatchObject({ failure: null, stats: { written: 200, pending: 0, dropped: 0 } });
    expect(await child.ended, child.stderr()).toEqual({ code: 0, signal: null });
    expect(child.stderr()).toBe("");
    expect(stepsIn(path)).toEqual(range(1, 201));
  });
});

describe("no file descriptor left, EMFILE", () => {
  test.each(DURABILITIES)("records wait until there is one, %s", async (durability) => {
    const { path, child, go, again } = burst(durability, 50);
    await child.line((line) => line === "ready");
    // Fewer than are open already.
    execFileSync("prlimit", [`--pid=${child.pid}`, "--nofile=8:4096"]);
    const before = JSON.parse(await go());
    expect(before.failure).toMatchObject({ code: "WRITE_FAILED", lost: 0, pending: 50 });
    execFileSync("prlimit", [`--pid=${child.pid}`, "--nofile=4096:4096"]);
    const after = JSON.parse(await again());
    expect(after).toMatchObject({ failure: null, stats: { written: 50, pending: 0, dropped: 0 } });
    expect(await child.ended, child.stderr()).toEqual({ code: 0, signal: null });
    expect(stepsIn(path)).toEqual(range(1, 51));
  });
});

const canMount = isRoot && tryMount();

describe.skipIf(!canMount)("a full disk (needs the right to mount)", () => {
  test.each(DURABILITIES)(
    "its records wait until there is room, and are written once, in order, %s",
    async (durability) => {
      const folder = smallDisk("256k");
      const { path, sink, log, told, errors, recordTo, close } = openLog(
        { durability },
        join(folder, "log.jsonl"),
      );
      recordTo(2_500);
      const failure = await failureOf(sink.flush());
      expect(failure).toMatchObject({ code: "WRITE_FAILED", lost: 0 });
      expect(causesOf(failure)).toEqual(["WRITE_FAILED", "ENOSPC"]);
      expect(causesOf(errors[0])).toEqual(["WRITE_FAILED", "ENOSPC"]);
      const { written, pending } = sink.stats?.() ?? {};
      expect(pending).toBe(failure?.pending);
      expect((written ?? 0) + (pending ?? 0)).toBe(2_500);
      expect(told).toEqual({ WRITE_FAILED: 1 });
      resize(folder, "4m");
      await sink.flush();
      recordTo(2_600);
      await close();
      expect(log.stats().dropped).toBe(0);
      expect(linesIn(path)).toHaveLength(2_600);
      expect(stepsIn(path)).toEqual(range(1, 2_600));
    },
  );

  test("told once each time that it fills, not at each try", async () => {
    const folder = smallDisk("64k");
    const { sink, told, recordTo, close } = openLog({}, join(folder, "log.jsonl"));
    recordTo(500);
    await sleep(500);
    recordTo(600);
    await failureOf(sink.flush());
    expect(told).toEqual({ WRITE_FAILED: 1 });
    resize(folder, "1m");
    await sink.flush();
    expect(told).toEqual({ WRITE_FAILED: 1 });
    await close();
  });

  test("fills under three processes: each record is there once, no line glued to another's stub", async () => {
    const folder = smallDisk("256k");
    const path = join(folder, "log.jsonl");
    const others = range(1, 3).map((i) => burst("os", 300, path, `run-${i}`));
    const asked = await Promise.all(others.map(({ go }) => go()));
    expect(asked.map((line) => JSON.parse(line).failure?.code)).toContain("WRITE_FAILED");
    resize(folder, "8m");
    for (const line of await Promise.all(others.map(({ again }) => again()))) {
      expect(JSON.parse(line)).toMatchObject({
        failure: null,
        stats: { written: 300, pending: 0 },
      });
    }
    for (const { child } of others) expect(await child.ended).toEqual({ code: 0, signal: null });
    const records = linesIn(path).flatMap((line) => parsed(line) ?? []);
    for (const i of range(1, 3)) {
      const steps = records.filter(({ run_id }) => run_id === `run-${i}`).map(({ step }) => step);
      expect(steps).toEqual(range(1, 301));
    }
  }, 30_000);

  test("does not use up file descriptors while it lasts", async () => {
    const folder = smallDisk("64k");
    const path = join(folder, "log.jsonl");
    mkdirSync(`${path}.lock`); // another's, so that it is asked for
    writeFileSync(path, whole(0), { mode: 0o600 });
    expect(() => writeFileSync(join(folder, "filler"), "x".repeat(100_000))).toThrow("ENOSPC");
    const { sink, recordTo, close } = openLog({ durability: "buffered", maxLockWaitMs: 10 }, path);
    recordTo(1_000);
    await failureOf(sink.flush());
    const before = readdirSync("/dev/fd").length;
    const from = performance.now();
    let step = 1_000;
    while (performance.now() - from < 3_500) {
      recordTo(++step);
      await failureOf(sink.flush());
      await sleep(20);
    }
    expect(readdirSync("/dev/fd").length).toBeLessThanOrEqual(before + 1);
    resize(folder, "4m");
    await sink.flush();
    await close();
  }, 20_000);
});

describe.skipIf(!canMount)("a disk that is read-only (needs the right to mount)", () => {
  test.each(DURABILITIES)("its records wait until it can be written to, %s", async (durability) => {
    const folder = temporaryFolder();
    mount(["--bind", folder, folder], folder);
    execFileSync("mount", ["-o", "remount,bind,ro", folder]);
    const { path, sink, told, recordTo, close } = openLog(
      { durability },
      join(folder, "log.jsonl"),
    );
    recordTo(10);
    const failure = await failureOf(sink.flush());
    expect(failure).toMatchObject({ code: "WRITE_FAILED", pending: 10 });
    expect(causesOf(failure)).toEqual(["WRITE_FAILED", "EROFS"]);
    expect(told).toEqual({ WRITE_FAILED: 1 });
    execFileSync("mount", ["-o", "remount,bind,rw", folder]);
    await sink.flush();
    expect(stepsIn(path)).toEqual(range(1, 10));
    await close();
  });
});

const canChattr = isRoot && tryChattr();

describe.skipIf(!canChattr)("file attributes (need root and a file system that has them)", () => {
  test.each(DURABILITIES)(
    "a file that may only be appended to is written like any other, %s",
    async (durability) => {
      const path = newPath();
      writeFileSync(path, `${whole(1)}{"stub`, { mode: 0o600 });
      attribute("a", path);
      const { recordTo, close } = openLog({ durability }, path);
      recordTo(10);
      await close();
      const [first, second, ...ours] = linesIn(path);
      expect([`${first}\n`, second]).toEqual([whole(1), '{"stub']);
      expect(ours.map((line) => JSON.parse(line).step)).toEqual(range(1, 10));
    },
  );

  test.each(DURABILITIES)(
    "a file that became immutable keeps its records waiting, %s",
    async (durability) => {
      const { path, sink, recordTo, close } = openLog({ durability });
      recordTo(10);
      await close();
      attribute("i", path);
      const again = openLog({ durability }, path);
      again.recordTo(5);
      await expect(again.sink.flush()).rejects.toMatchObject({ code: "WRITE_FAILED", pending: 5 });
      execFileSync("chattr", ["-i", path]);
      await again.close();
      expect(stepsIn(path)).toEqual([...range(1, 10), ...range(1, 5)]);
      expect(sink.stats?.().pending).toBe(0);
    },
  );
});

describe("what lies beside the log in a folder that others can write to", () => {
  test("a pipe in the place of the marker does not hold the program up", async () => {
    const path = newPath();
    execFileSync("mkfifo", [markerOf(path)]);
    mkdirSync(`${path}.lock`);
    const stopper = join(temporaryFolder(), "stop");
    const child = start("hold", { path, runId: "run", durability: "os", until: stopper });
    cleanups.push(() => void child.process.kill("SIGKILL"));
    await until(() => existsSync(path) && stepsIn(path).length > 5, 10_000);
    writeFileSync(stopper, "");
    expect(await child.ended, child.stderr()).toEqual({ code: 0, signal: null });
  }, 20_000);

  test("a folder in the place of the marker does not end the program", async () => {
    const path = newPath();
    mkdirSync(markerOf(path));
    const stopper = join(temporaryFolder(), "stop");
    const child = start("hold", {
      path,
      runId: "run",
      durability: "os",
      until: stopper,
      idleMs: 2_000,
    });
    await child.line((line) => line === "locked");
    await sleep(4_000); // the marker is of no account after 3 s, and removed with an idle lock
    writeFileSync(stopper, "");
    expect(await child.ended, child.stderr()).toEqual({ code: 0, signal: null });
    expect(child.stderr()).toBe("");
  }, 20_000);
});

test("a process that exits while its folder is gone ends as it would have, and others' logs are drained", async () => {
  // One log of which the folder is replaced, and another that still has records waiting.
  const path = join(temporaryFolder(), "logs", "log.jsonl");
  const other = newPath();
  const child = start("exit-without-folder", { path, other });
  expect(await child.ended, child.stderr()).toEqual({ code: 3, signal: null });
  expect(child.stderr()).toBe("");
  expect(stepsIn(other)).toEqual([1]);
});

/** A process that records a burst when it is told to, and flushes again when it is told to. */
function burst(durability: Durability, count: number, path = newPath(), runId = "run") {
  const folder = temporaryFolder();
  const [first, second] = [join(folder, "go"), join(folder, "until")];
  const child = start("burst", { path, runId, durability, count, go: first, until: second });
  const nth = (n: number) =>
    child.line(() => child.lines.length > n).then(() => child.lines[n] ?? "");
  return {
    path,
    child,
    go() {
      writeFileSync(first, "");
      return nth(1);
    },
    again() {
      writeFileSync(second, "");
      return nth(2);
    },
  };
}

function smallDisk(size: string): string {
  const folder = temporaryFolder();
  mount(["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], folder);
  return folder;
}

function mount(args: readonly string[], folder: string): void {
  execFileSync("mount", args);
  cleanups.push(() => void spawnSync("umount", ["-l", folder]));
}

function resize(folder: string, size: string): void {
  execFileSync("mount", ["-o", `remount,size=${size}`, folder]);
}

function tryMount(): boolean {
  const folder = temporaryFolder();
  if (spawnSync("mount", ["-t", "tmpfs", "tmpfs", folder]).status !== 0) return false;
  spawnSync("umount", [folder]);
  return true;
}

function tryChattr(): boolean {
  const path = newPath();
  writeFileSync(path, "");
  const works = spawnSync("chattr", ["+a", path]).status === 0;
  spawnSync("chattr", ["-a", path]);
  return works;
}

function attribute(letter: string, path: string): void {
  execFileSync("chattr", [`+${letter}`, path]);
  cleanups.push(() => void spawnSync("chattr", [`-${letter}`, path]));
}

function markerOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.shared`);
}

function whole(step: number): string {
  return `${JSON.stringify({ run_id: "before", step, type: "event", ts: 1, name: "e", data: null })}\n`;
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

/** Where a link that leads nowhere keeps a log from being opened, until it is removed. */
function blockedPath(): string {
  const path = newPath();
  symlinkSync(`${path}.nowhere`, path);
  return path;
}

/** The codes of an error and of what it was caused by. */
function causesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  return [(error as NodeJS.ErrnoException).code ?? "", ...causesOf(error.cause)];
}

async function failureOf(work: Promise<void>): Promise<StepLogError | undefined> {
  return work.then(
    () => undefined,
    (error) => error,
  );
}

function parsed(line: string): { run_id: string; step: number } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
