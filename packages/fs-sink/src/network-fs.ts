import { statfsSync } from "node:fs";
import { dirname } from "node:path";

// Magic numbers of `statfs(2)` for file systems on which appends of several machines mix: NFS, SMB
// (three of them), 9p, FUSE, AFS, Ceph, Lustre, GPFS, OCFS2.
const NETWORK = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546, 0x5346414f, 0x00c36400,
  0x0bd00bd0, 0x47504653, 0x7461636f,
]);

/** Whether a path lies, or will lie, on a file system where `O_APPEND` cannot be relied on. */
export function isOnNetwork(path: string): boolean {
  try {
    return NETWORK.has(statfsSync(path).type);
  } catch {
    const parent = dirname(path);
    return parent !== path && isOnNetwork(parent);
  }
}
