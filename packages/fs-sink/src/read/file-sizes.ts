import { stat } from "node:fs/promises";
import type { FsLogFile } from "./fs-source.ts";
import { listLogFiles } from "./log-files.ts";

/** The files of a location, with their sizes; those that have gone since they were listed are left out. */
export async function fileSizes(location: string | URL): Promise<readonly FsLogFile[]> {
  const { logs } = await listLogFiles(location);
  const sizes: FsLogFile[] = [];
  for (const { path } of [...logs.values()].flat(2)) {
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined) continue;
    sizes.push({ path, bytes: stats.size, changedAt: stats.mtimeMs / 1000 });
  }
  return sizes;
}
