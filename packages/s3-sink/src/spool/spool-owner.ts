import { readFileSync, readlinkSync } from "node:fs";
import { nodeOs } from "../lazy-builtins.ts";

/** Who a folder of the spool belongs to. */
export interface SpoolOwner {
  readonly pid: number;
  /** When the process began, in ticks since the machine did: tells those apart that had one pid after the other. */
  readonly start: string | null;
  /** Of the machine's running, another one after each start of it. */
  readonly boot: string | null;
  /** In which space of pids, since containers number theirs anew. */
  readonly space: string | null;
  readonly host: string;
}

// A folder of nobody, or of another machine on a disk that both have or that was moved, is left alone
// for so long.
const FOREIGN_AFTER_MS = 24 * 60 * 60 * 1_000;

/** This process. */
export function thisOwner(): SpoolOwner {
  return {
    pid: process.pid,
    start: startOf(process.pid),
    boot: textOf("/proc/sys/kernel/random/boot_id"),
    space: linkOf("/proc/self/ns/pid"),
    host: nodeOs().hostname(),
  };
}

/**
 * Whether the owner is dead for certain, so that its folder may be taken.
 *
 * @param idleMs How long nothing in the folder has changed.
 */
export function isDead(
  owner: SpoolOwner | undefined,
  idleMs: number,
  here: SpoolOwner = thisOwner(),
): boolean {
  if (owner === undefined) return idleMs > FOREIGN_AFTER_MS;
  const isSameBoot = owner.boot !== null && owner.boot === here.boot;
  if (!isSameBoot && owner.host !== here.host) return idleMs > FOREIGN_AFTER_MS;
  // The machine, or the pod under its name, was started anew.
  if (owner.boot !== here.boot) return true;
  if (owner.space !== here.space) return isDeadInOtherSpace(owner, idleMs, here);
  if (!isRunning(owner.pid)) return true;
  // Where its start cannot be told, or looked at, a pid that is taken again looks alive, and the folder
  // waits.
  const start = startOf(owner.pid);
  return owner.start !== null && start !== null && start !== owner.start;
}

/**
 * A container that was started again has the name of the one before it, and as a rule its pid. Another
 * one that runs beside it has neither.
 */
function isDeadInOtherSpace(owner: SpoolOwner, idleMs: number, here: SpoolOwner): boolean {
  if (owner.host === here.host && owner.pid === here.pid) return true;
  return idleMs > FOREIGN_AFTER_MS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user, but there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The 22nd field of /proc/<pid>/stat (proc(5)); the second, a name, may hold spaces and brackets. */
function startOf(pid: number): string | null {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
