import type { Found, Prunable } from "./prunable.ts";

/** What is to be kept. */
export interface Limits {
  /** Unix seconds: what came to its end before goes. */
  readonly before: number | undefined;
  /** The youngest that are kept, whatever their size. */
  readonly keep: number | undefined;
  /** Of all files together, in bytes. */
  readonly maxBytes: number | undefined;
  /** Only runs that ended so may go; `unfinished` is one of them. */
  readonly status: string | undefined;
}

/** Chooses what goes, oldest first: what one of the limits wants gone. */
export function choose({ prunable, bytes }: Found, limits: Limits): readonly Prunable[] {
  const { before = Number.NEGATIVE_INFINITY, keep = Number.POSITIVE_INFINITY, status } = limits;
  const { maxBytes = Number.POSITIVE_INFINITY } = limits;
  const mayGo = prunable.filter(
    (it) => status === undefined || (it.runId !== null && (it.status ?? "unfinished") === status),
  );
  const chosen: Prunable[] = [];
  let left = bytes;
  for (const [index, it] of mayGo.entries()) {
    const isBeyond = index < mayGo.length - keep;
    if (it.lastAt >= before && !isBeyond && left <= maxBytes) continue;
    chosen.push(it);
    left -= it.bytes;
  }
  return chosen;
}
