import { createHash } from "node:crypto";
import type { Fault, FaultPlan } from "./fault-proxy.ts";

/** Hits every `n`-th request of a method. */
export function everyNth(n: number, fault: Fault, method = "PUT"): FaultPlan {
  return (request) => (request.method === method && request.index % n === 0 ? fault : undefined);
}

/**
 * Hits a share, 0 to 1, of the requests of a method with one of the faults.
 *
 * Which ones depends on the seed, the path and the number of the try alone, and so not on the order in
 * which they happen to come.
 */
export function seededShare(
  seed: number,
  share: number,
  faults: readonly Fault[],
  method = "PUT",
): FaultPlan {
  return ({ method: given, path, attempt }) => {
    if (given !== method) return undefined;
    const hash = createHash("sha256").update(`${seed} ${attempt} ${path}`).digest();
    if (hash.readUInt32BE(0) / 2 ** 32 >= share) return undefined;
    return faults[hash.readUInt32BE(4) % faults.length];
  };
}
