import { setTimeout as sleep } from "node:timers/promises";
import type { Daemon } from "./daemon.ts";

/** Waits until something answers at a URL, whatever it says. */
export async function answers(url: string, timeoutMs: number, daemon: Daemon): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      if (response.status < 500) return;
    } catch {
      // not yet
    }
    if (!daemon.isRunning() || performance.now() > end) {
      throw new Error(`${daemon.name} does not answer at ${url}\n${daemon.log()}`);
    }
    await sleep(50);
  }
}
