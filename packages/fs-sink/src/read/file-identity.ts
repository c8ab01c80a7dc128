import type { BigIntStats } from "node:fs";

/** Tells a file from others, whatever its name. */
export interface FileIdentity {
  /** `<device>:<inode>`; the inode of a deleted file is soon given to another. */
  readonly node: string;
  /** When it was made, in nanoseconds of the Unix epoch. */
  readonly bornAt: bigint;
  /** Whether the file system really knows; where not, Node gives the time of the last change. */
  readonly isBornAtKnown: boolean;
}

/** The identity of a file by what `stat` says. */
export function identityOf(stats: BigIntStats): FileIdentity {
  const { dev, ino, birthtimeNs, ctimeNs } = stats;
  return { node: `${dev}:${ino}`, bornAt: birthtimeNs, isBornAtKnown: birthtimeNs !== ctimeNs };
}

/** Whether what was found is the file that has been known. */
export function isSameFile(known: FileIdentity, found: FileIdentity | undefined): boolean {
  const isOlder = known.isBornAtKnown && known.bornAt !== found?.bornAt;
  return known.node === found?.node && !isOlder;
}
