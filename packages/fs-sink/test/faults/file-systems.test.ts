import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type Durability, verify } from "../../src/index.ts";
import { linesIn, openLog, range, stepsIn } from "../open-log.ts";
import { until } from "../until.ts";
import { cannotMount, FILE_SYSTEMS, type Mounted, mountNew } from "./support/mounts.ts";

const DURABILITIES = ["os", "buffered", "fsync"] satisfies Durability[];
// What is left on a disk that is nearly full.
const LEFT_BYTES = 256 * 1024;

for (const type of FILE_SYSTEMS) {
  describe.skipIf(cannotMount(type))(type, () => {
    test.each(DURABILITIES)(
      "fills up and is freed: records wait, and are written once, in order, %s",
      async (durability) => {
        const disk = mountNew(type);
        const { path, sink, told, recordTo, close } = openLog({ durability }, logIn(disk));
        recordTo(1);
        await sink.flush();
        const filler = fill(disk);
        for (let step = 100; step <= 10_000; step += 100) {
          recordTo(step);
          await sink.flush().catch(() => {});
        }
        expect(told).toMatchObject({ WRITE_FAILED: 1 });
        const { written = 0, pending = 0, dropped = 0 } = sink.stats?.() ?? {};
        expect({ sum: written + pending + dropped, dropped }).toEqual({ sum: 10_000, dropped: 0 });
        expect(pending).toBeGreaterThan(1_000);
        rmSync(filler);
        await sink.flush();
        recordTo(10_100);
        await close();
        expect(stepsIn(path)).toEqual(range(1, 10_100));
        await expectClean(path, 10_100);
        expectUnmounted(disk);
      },
    );

    test.each(DURABILITIES)(
      "the file becomes immutable, and for appending only, and neither, while it is written to: all is there, once, %s",
      async (durability) => {
        const disk = mountNew(type);
        const { path, sink, told, recordTo, close } = openLog({ durability }, logIn(disk));
        recordTo(1);
        await sink.flush();
        if (spawnSync("chattr", ["+i", path]).status !== 0) {
          await close();
          expectUnmounted(disk);
          return console.log(`faults: ${type} has no attributes of files`);
        }
        let step = 1;
        for (let round = 0; round < 60; round++) {
          const flags = [["+i"], ["-i"], ["+a"], ["-a", "+i"], ["-i", "+a"], ["-a", "-i"]][
            round % 6
          ];
          for (const flag of flags ?? []) execFileSync("chattr", [flag, path]);
          for (let i = 0; i < 10; i++) {
            step += 3;
            recordTo(step);
            await sleep(1);
          }
          // It is opened again with the attribute set, every now and then.
          if (round % 7 === 0) await sink.flush().catch(() => {});
        }
        execFileSync("chattr", ["-ia", path]);
        await sink.flush();
        recordTo(step + 10);
        await close();
        expect(sink.stats?.()).toMatchObject({ pending: 0, dropped: 0 });
        // Of these four, ext4 and btrfs refuse to write to a file that was open before.
        if (type === "ext4") expect(told["WRITE_FAILED"]).toBeGreaterThan(0);
        // What was written again goes behind what came meanwhile.
        expect(stepsIn(path).sort((a, b) => a - b)).toEqual(range(1, step + 10));
        await expectClean(path, step + 10);
        expectUnmounted(disk);
      },
    );

    test("is to be made read-only while a log is open: the kernel refuses, and the log goes on", async () => {
      const disk = mountNew(type);
      const { path, sink, told, recordTo, close } = openLog({}, logIn(disk));
      recordTo(100);
      const { status, stderr } = spawnSync("mount", ["-o", "remount,ro", disk.folder]);
      expect([status, String(stderr)]).toEqual([32, expect.stringContaining("busy")]);
      recordTo(200);
      await close();
      expect([stepsIn(path), told]).toEqual([range(1, 200), {}]);
      // Now that nobody has it open, it can be; until it is made writable again, records wait.
      execFileSync("mount", ["-o", "remount,ro", disk.folder]);
      const again = openLog({}, path);
      again.recordTo(10);
      await expect(again.sink.flush()).rejects.toMatchObject({ code: "WRITE_FAILED", pending: 10 });
      execFileSync("mount", ["-o", "remount,rw", disk.folder]);
      await again.close();
      expect(stepsIn(path)).toEqual([...range(1, 200), ...range(1, 10)]);
      expect(sink.stats?.().written).toBe(200);
      expectUnmounted(disk);
    });
  });
}

describe.skipIf(cannotMount("ext4"))(
  "ext4 makes itself read-only, as it does when it finds an error",
  () => {
    test("while a log is open, fsync: what was flushed is there, what came later is written once it is repaired, or told as lost", async (context) => {
      const disk = mountNew("ext4");
      const { path, sink, told, recordTo, close } = openLog({ durability: "fsync" }, logIn(disk));
      recordTo(100);
      await sink.flush();
      const [device = ""] = execFileSync("losetup", ["-j", disk.image ?? ""], {
        encoding: "utf8",
      }).split(":");
      const trigger = `/sys/fs/ext4/${basename(device)}/trigger_fs_error`;
      if (!existsSync(trigger)) return context.skip(`no ${trigger}`);
      writeFileSync(trigger, "test");
      recordTo(200);
      expect(told).toEqual({ WRITE_FAILED: 1 });
      await expect(sink.flush()).rejects.toMatchObject({ lost: 0, pending: 100 });

      // Taken away while it is open, which the log notices, repaired, and brought back.
      disk.unmount({ lazily: true });
      recordTo(210);
      await until(() => !losetup().includes(disk.image ?? ""));
      // 1 is "errors were corrected".
      expect(spawnSync("e2fsck", ["-p", disk.image ?? ""]).status).toBeLessThanOrEqual(1);
      disk.mountAgain();
      await sink.flush();
      recordTo(220);
      await close();
      expect(sink.stats?.()).toMatchObject({ written: 220, pending: 0, dropped: 0 });
      expect(stepsIn(path)).toEqual(range(1, 220));
      await expectClean(path, 220);
      expectUnmounted(disk);
    });
  },
);

function logIn({ folder }: Mounted): string {
  return join(folder, "log.jsonl");
}

/** Leaves next to nothing free; gives the file that takes all the room. */
function fill({ folder }: Mounted): string {
  const filler = join(folder, "filler");
  const { bavail, bsize } = statfsSync(folder);
  const size = bavail * bsize - LEFT_BYTES;
  if (spawnSync("fallocate", ["-l", String(size), filler]).status === 0) return filler;
  // btrfs does not know how much it can take before it has.
  spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=64k", "conv=fsync"]);
  return filler;
}

async function expectClean(path: string, records: number): Promise<void> {
  expect(linesIn(path)).toHaveLength(records);
  expect(await verify(path)).toMatchObject({ records, badLineCount: 0, duplicates: 0 });
}

/** Nobody has anything open there any more. */
function expectUnmounted(disk: Mounted): void {
  expect(() => disk.unmount()).not.toThrow();
}

function losetup(): string {
  return execFileSync("losetup", ["-a"], { encoding: "utf8" });
}
