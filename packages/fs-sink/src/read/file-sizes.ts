import { stat } from "node:fs/promises";
import type { FsLogFile } from "./fs-log-file.ts";
import { isInUse } from "./log-file-name.ts";
import { listLogFiles } from "./log-files.ts";

/** The files of a location, with their sizes; those that have gone since they were listed are left out. */
export async function fileSizes(location: string | URL): Promise<readonly FsLogFile[]> {
  const { logs } = await listLogFiles(location);
  const sizes: FsLogFile[] = [];
  for (const file of [...logs.values()].flat(2)) {
    const { path, stem } = file;
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined) continue;
    const { size: bytes, mtimeMs } = stats;
    sizes.push({ path, bytes, changedAt: mtimeMs / 1000, stem, isInUse: isInUse(file) });
  }
  return sizes;
}
