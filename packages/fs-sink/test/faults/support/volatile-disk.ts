import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { temporaryFolder } from "../../child.ts";
import { type FileSystem, type Mounted, makeImage, mountAt } from "./mounts.ts";

/** A file system on a disk that forgets, at a power cut, what it was not told to flush. */
export interface VolatileDisk {
  readonly folder: string;
  /** Writes what a power cut at this moment would leave to a file; says how often the disk had been flushed. */
  cut(image: string, seed: number): Promise<{ flushes: number; cached: number }>;
  /** Unmounts it; what was not flushed is of no account any more. */
  end(): Promise<void>;
}

type OnDisk = Exclude<FileSystem, "tmpfs">;

const here = fileURLToPath(new URL(".", import.meta.url));
let built: string | undefined;
let reason: string | false | undefined;
// Of disks that a test which failed did not end.
const devices = new Set<string>();
const mountPoints: string[] = [];
afterAll(() => {
  for (const device of devices) spawnSync("losetup", ["-d", device]);
  for (const path of mountPoints) spawnSync("umount", ["-l", path]);
});

/** Why there can be no such disk here; `false` where there can. */
export async function noVolatileDisk(): Promise<string | false> {
  if (reason !== undefined) return reason;
  try {
    await (await volatileDisk("ext4", {})).end();
    reason = false;
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    reason = stderr?.toString().trim().split("\n")[0] ?? String(error);
    console.log(`power cuts: skipped, since ${reason}`);
  }
  return reason;
}

/** Mounts an empty file system on a disk of volatile-disk.c; one that lies flushes nothing. */
export async function volatileDisk(
  type: OnDisk,
  { lies = false }: { readonly lies?: boolean },
): Promise<VolatileDisk> {
  built ??= build();
  const root = temporaryFolder();
  const image = makeImage(type, join(root, "image"));
  const file = join(root, "disk");
  writeFileSync(file, "");
  const daemon = spawn(built, [image, file, ...(lies ? ["lies"] : [])], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = once(daemon, "exit");
  let stderr = "";
  daemon.stderr.on("data", (text) => {
    stderr += text;
  });
  mountPoints.push(file);
  const lines = createInterface({ input: daemon.stdout })[Symbol.asyncIterator]();
  if ((await lines.next()).value !== "ready") throw new Error(stderr);
  let mounted: Mounted;
  let device = "";
  try {
    // Without direct I/O, the kernel would keep writes of its own in front of the disk.
    const args = ["-f", "--show", "--direct-io=on", file];
    device = execFileSync("losetup", args, { encoding: "utf8", stdio: "pipe" }).trim();
    devices.add(device);
    mounted = mountAt(join(root, "mounted"), type, { device });
  } catch (error) {
    if (device !== "") spawnSync("losetup", ["-d", device]);
    daemon.stdin.end();
    throw error;
  }
  return {
    folder: mounted.folder,
    async cut(path, seed) {
      daemon.stdin.write(`cut ${path} ${seed}\n`);
      const answer = String((await lines.next()).value);
      const [, flushes, cached] = /^ok (\d+) (\d+)$/.exec(answer) ?? [];
      if (flushes === undefined) throw new Error(`${answer} ${stderr}`);
      return { flushes: Number(flushes), cached: Number(cached) };
    },
    async end() {
      mounted.unmount();
      execFileSync("losetup", ["-d", device]);
      devices.delete(device);
      daemon.stdin.end();
      await ended;
    },
  };
}

function build(): string {
  const folder = join(here, "../../../node_modules/.step-log-test");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `volatile-disk-${process.pid}`);
  execFileSync("gcc", ["-O1", "-Wall", "-o", file, join(here, "volatile-disk.c")], {
    stdio: "pipe",
  });
  return file;
}
