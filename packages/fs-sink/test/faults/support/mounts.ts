import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import { temporaryFolder } from "../../child.ts";

/** A file system of its own, mounted for a test. */
export interface Mounted {
  /** Where it is mounted. */
  readonly folder: string;
  /** The file that it lies in, if it is one that lies on a disk. */
  readonly image: string | undefined;
  unmount(options?: { readonly lazily?: boolean }): void;
  mountAgain(): void;
}

export type FileSystem = "btrfs" | "ext4" | "tmpfs" | "xfs";

/** Those that tests go through. */
export const FILE_SYSTEMS: readonly FileSystem[] = ["tmpfs", "ext4", "xfs", "btrfs"];

const MIB = 1024 * 1024;
// About the least that each can be made with, and that without asking.
const IMAGES = {
  ext4: { bytes: 48 * MIB, make: ["-q", "-F", "-m", "0"] },
  xfs: { bytes: 300 * MIB, make: ["-q", "-f"] },
  btrfs: { bytes: 128 * MIB, make: ["-q", "-f", "--mixed"] },
} as const;

const OPTIONS = { ext4: "errors=remount-ro", xfs: "rw", btrfs: "rw" } as const;

const mounted: string[] = [];
const frozen: string[] = [];
afterAll(() => {
  for (const folder of mounted) spawnSync("umount", ["-l", folder]);
  for (const folder of frozen) spawnSync("chattr", ["-i", folder]);
});

const reasons = new Map<FileSystem, string | false>();

/** Why a file system cannot be had here; `false` where it can. */
export function cannotMount(type: FileSystem): string | false {
  const known = reasons.get(type) ?? tryMount(type);
  if (!reasons.has(type) && known) console.log(`faults: ${type} skipped, since ${known}`);
  reasons.set(type, known);
  return known;
}

/** Mounts an empty one. */
export function mountNew(type: FileSystem): Mounted {
  const root = temporaryFolder();
  const image = type === "tmpfs" ? undefined : makeImage(type, join(root, "image"));
  return mountAt(join(root, "mounted"), type, { image });
}

/** Makes a file system in a file; gives the path of the file. */
export function makeImage(type: Exclude<FileSystem, "tmpfs">, image: string): string {
  const { bytes, make } = IMAGES[type];
  writeFileSync(image, "");
  truncateSync(image, bytes);
  execFileSync(`mkfs.${type}`, [...make, image], { stdio: "pipe" });
  return image;
}

/** Mounts what lies in an image, or on a device; the folder beneath cannot be written to meanwhile. */
export function mountAt(
  folder: string,
  type: FileSystem,
  { image, device }: { readonly image?: string | undefined; readonly device?: string } = {},
): Mounted {
  mkdirSync(folder);
  if (spawnSync("chattr", ["+i", folder]).status === 0) frozen.push(folder);
  const args =
    type === "tmpfs"
      ? ["-t", type, "-o", "size=24m", type, folder]
      : [
          "-t",
          type,
          "-o",
          `${OPTIONS[type]}${image === undefined ? "" : ",loop"}`,
          image ?? device ?? "",
          folder,
        ];
  const mountAgain = () => void execFileSync("mount", args, { stdio: "pipe" });
  mountAgain();
  mounted.push(folder);
  return {
    folder,
    image,
    unmount: ({ lazily = false } = {}) =>
      void execFileSync("umount", [...(lazily ? ["-l"] : []), folder], { stdio: "pipe" }),
    mountAgain,
  };
}

function tryMount(type: FileSystem): string | false {
  if (process.platform !== "linux") return "it is not Linux";
  try {
    const { unmount, folder } = mountNew(type);
    unmount();
    mounted.splice(mounted.indexOf(folder), 1);
    return false;
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    return (stderr?.toString().trim() || String(error)).split("\n")[0] ?? "";
  }
}
