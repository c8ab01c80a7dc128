import { readdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./child.ts";
import { linesIn, range, recordsIn, stepsIn } from "./open-log.ts";
import { canTrace, type SystemCall, type Trace, trace } from "./strace.ts";

const WRITES = ["write", "writev", "pwrite64", "pwritev"];
const SYNCS = ["fsync", "fdatasync"];

describe.skipIf(!canTrace())("seen by strace", { timeout: 60_000 }, () => {
  test("fsync: a record is written, then synced, then its flush resolves", async () => {
    const { path, calls } = await run("flushes", { durability: "fsync" });
    for (const which of ["one", "two"]) {
      const written = only(
        calls,
        (call) => WRITES.includes(call.name) && call.text.includes(`"${which}\\"`),
      );
      const resolved = only(calls, (call) => call.text.includes(`flushed ${which}`));
      const between = calls.filter(
        (call) =>
          SYNCS.includes(call.name) &&
          call.text.includes(`<${path}>`) &&
          call.beganAt > written.endedAt &&
          call.endedAt < resolved.beganAt,
      );
      expect(between.length, `synced between the write and the flush of ${which}`).toBeGreaterThan(
        0,
      );
    }
  });

  test("fsync: a flush waits for the sync that another has begun", async () => {
    const { path, calls } = await run("together", { durability: "fsync" }, [
      "-e",
      "inject=fdatasync:delay_exit=200000",
    ]);
    const synced = only(
      calls,
      (call) => call.name === "fdatasync" && call.text.includes(`<${path}>`),
    );
    const resolved = calls.filter((call) => call.text.includes("flushed"));
    expect(resolved).toHaveLength(2);
    for (const call of resolved) expect(call.beganAt).toBeGreaterThan(synced.endedAt);
  });

  test("fsync: a record that comes while a sync is under way is synced by another", async () => {
    const { path, calls } = await run("flushes", { durability: "fsync" }, [
      "-e",
      "inject=fdatasync:delay_exit=200000",
    ]);
    const written = only(
      calls,
      (call) => WRITES.includes(call.name) && call.text.includes('"two\\"'),
    );
    const resolved = only(calls, (call) => call.text.includes("flushed two"));
    const syncs = calls.filter(
      (call) => call.name === "fdatasync" && call.text.includes(`<${path}>`),
    );
    expect(syncs[0]?.beganAt).toBeLessThan(written.beganAt);
    expect(
      syncs.some((call) => call.beganAt > written.endedAt && call.endedAt < resolved.beganAt),
    ).toBe(true);
  });

  test("fsync: the folders that name a new file are synced, up to the first that was there", async () => {
    const root = realpathSync(temporaryFolder());
    const { calls } = await run(
      "together",
      { durability: "fsync" },
      [],
      join(root, "a", "b", "log.jsonl"),
    );
    const made = only(
      calls,
      (call) =>
        call.name === "openat" && call.text.includes("log.jsonl") && call.text.includes("O_CREAT"),
    );
    const resolved = calls.findLast((call) => call.text.includes("flushed"));
    for (const folder of [root, join(root, "a"), join(root, "a", "b")]) {
      const synced = only(
        calls,
        (call) => call.name === "fsync" && call.text.includes(`<${folder}>`),
      );
      expect(synced.beganAt).toBeGreaterThan(made.endedAt);
      expect(synced.endedAt).toBeLessThan(resolved?.beganAt ?? 0);
    }
  });

  test("fsync: every file of a folder is synced before the flush resolves, however many", async () => {
    const folder = `${realpathSync(temporaryFolder())}/`;
    const { calls } = await run("runs", { durability: "fsync" }, [], folder);
    const resolved = only(calls, (call) => call.text.includes("flushed"));
    const synced = calls
      .filter((call) => call.name === "fdatasync" && call.endedAt < resolved.beganAt)
      .map((call) => /<.*\/(run-\d+)\.jsonl>/.exec(call.text)?.[1]);
    expect(new Set(synced).size).toBe(300);
  });

  test("fsync: what was put aside is synced before the flush resolves, and nothing is left open", async () => {
    const { path, calls } = await run("rotates", {
      durability: "fsync",
      rotate: { maxBytes: 1_000 },
    });
    const resolved = only(calls, (call) => call.text.includes("flushed"));
    const opened = calls.filter(
      (call) =>
        call.name === "openat" &&
        call.text.includes(`${path}"`) &&
        call.text.includes("O_CREAT|O_EXCL"),
    );
    expect(opened.length).toBeGreaterThan(1);
    // Each write is followed by a sync of the same file, known by its descriptor until that is closed.
    const unsynced = new Set<string>();
    for (const call of calls.filter((call) => call.endedAt < resolved.beganAt)) {
      const fd = /^(\d+)</.exec(call.text)?.[1] ?? "";
      const isLog = /<.*agent-steps.*\.jsonl(?: \(deleted\))?>/.test(call.text);
      if (WRITES.includes(call.name) && isLog) unsynced.add(fd);
      if (SYNCS.includes(call.name)) unsynced.delete(fd);
      if (call.name === "close")
        expect(unsynced.has(fd), `closed before it was synced: ${call.text}`).toBe(false);
    }
    expect([...unsynced]).toEqual([]);
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });

  test.each(["os", "buffered"] as const)("%s: nothing is ever synced", async (durability) => {
    const { path, calls } = await run("flushes", { durability });
    const names = calls.filter((call) => call.text.includes(dirname(path))).map(({ name }) => name);
    expect(names.some((name) => WRITES.includes(name))).toBe(true);
    expect(names.filter((name) => SYNCS.includes(name))).toEqual([]);
  });

  test("os: with the lock, and alone, a record costs one write and nothing else", async () => {
    const { path, calls } = await run("steady", {});
    const begin = only(calls, (call) => call.text.includes('"begin\\n"'));
    const end = only(calls, (call) => call.text.includes('"end\\n"'));
    const between = calls.filter(
      (call) =>
        call.beganAt > begin.endedAt &&
        call.beganAt < end.beganAt &&
        call.text.includes(dirname(path)),
    );
    const writes = between.filter(
      (call) => WRITES.includes(call.name) && call.text.includes(`<${path}>`),
    );
    expect(writes).toHaveLength(500);
    for (const call of writes)
      expect(call.text).toMatch(/^\d+<[^>]*>, "\{[^\n]*\}\\n", \d+\) += \d+$/);
    // What looks after the lock comes every 5 ms, however many records there are meanwhile.
    const longest = Math.max(
      ...between
        .map(({ name }) => (name === "write" ? "." : " "))
        .join("")
        .split(" ")
        .map(({ length }) => length),
    );
    expect(longest).toBeGreaterThanOrEqual(5);
  });
});

describe.skipIf(!canTrace())(
  "the k-th write fails, for k = 1, 2, 3, …",
  { timeout: 60_000 },
  () => {
    for (const durability of ["os", "buffered", "fsync"] as const) {
      for (const error of ["ENOSPC", "EIO", "EDQUOT", "EINTR"]) {
        test(`${error}, once: every record is there, once, ${durability}`, async () => {
          for (let k = 1; k <= 14; k++) {
            const { path, stdout, stderr, calls } = await failing(
              durability,
              `write,writev:error=${error}:when=${k}`,
            );
            expect(stderr).toBe("");
            expect(stepsIn(path)).toEqual(range(1, 12));
            expect(linesIn(path)).toHaveLength(12);
            expect(JSON.parse(stdout.at(-1) ?? "")).toMatchObject({
              stats: { written: 12, pending: 0, dropped: 0 },
            });
            if (!calls.some((call) => call.text.includes("(INJECTED)"))) return; // there is no k-th one
          }
        });
      }

      test(`ENOSPC, from then on: what was acknowledged is there, the rest waits, ${durability}`, async () => {
        for (let k = 1; k <= 14; k++) {
          const { path, stdout, stderr, code, calls } = await failing(
            durability,
            `write,writev:error=ENOSPC:when=${k}+`,
          );
          const { stats } = JSON.parse(stdout.at(-1) ?? "");
          expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
          expect(stats.written + stats.pending).toBe(12);
          expect(stepsIn(path)).toEqual(range(1, stats.written));
          if (!calls.some((call) => call.text.includes("(INJECTED)"))) return;
        }
      });
    }

    test("EIO of a sync is told as the loss that it is, and not tried again", async () => {
      const { stdout, calls, path } = await failing("fsync", "fdatasync:error=EIO:when=1");
      expect(
        JSON.parse(stdout.find((line) => line.startsWith("failed"))?.slice(7) ?? "{}"),
      ).toMatchObject({
        code: "SYNC_FAILED",
        lost: 12,
      });
      expect(JSON.parse(stdout.at(-1) ?? "")).toMatchObject({
        told: ["SYNC_FAILED"],
        stats: { written: 0, pending: 0, dropped: 12 },
      });
      expect(calls.filter(({ name }) => name === "fdatasync")).toHaveLength(1);
      const records = recordsIn(path);
      // The kernel has them, as it happens.
      expect(records.filter(isEvent).map(({ step }) => step)).toEqual(range(1, 12));
      expect(records.filter((record) => !isEvent(record))).toMatchObject([
        { type: "log_dropped", run_id: "run", step: 12, count: 12, reason: "sync failed" },
      ]);
    });
  },
);

function isEvent({ type }: { readonly type: string }): boolean {
  return type === "event";
}

async function run(
  scenario: string,
  options: object,
  strace: readonly string[] = [],
  path?: string,
): Promise<Trace & { path: string }> {
  const at = path ?? join(realpathSync(temporaryFolder()), "agent-steps.jsonl");
  const found = await trace("traced", { path: at, scenario, options }, strace);
  expect({ code: found.code, stderr: found.stderr }).toEqual({ code: 0, stderr: "" });
  return { ...found, path: at };
}

/** Records while calls on the log file fail as `inject` says; the file is there, for strace to know it. */
async function failing(durability: string, inject: string): Promise<Trace & { path: string }> {
  const path = join(realpathSync(temporaryFolder()), "agent-steps.jsonl");
  writeFileSync(path, "", { mode: 0o600 });
  const options = ["-P", path, "-e", `trace=write,writev,fdatasync`, "-e", `inject=${inject}`];
  return {
    ...(await trace("traced", { path, scenario: "records", options: { durability } }, options)),
    path,
  };
}

function only(calls: readonly SystemCall[], test: (call: SystemCall) => boolean): SystemCall {
  const [found, ...more] = calls.filter(test);
  if (found === undefined || more.length > 0)
    throw new Error(`${more.length + (found ? 1 : 0)} calls: ${test}`);
  return found;
}
