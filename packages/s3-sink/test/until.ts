import { setTimeout as sleep } from "node:timers/promises";

/** Waits until `condition` holds, looking every few milliseconds; fails after `timeoutMs`. */
export async function until(condition: () => boolean, timeoutMs: number = 10_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${condition}`);
    await sleep(2);
  }
}
