// An agent that is busy with texts while its log waits for the disk, or the same without a log. Tells
// how much waited and how much memory it had, and, when it may go on, what became of the log.
import { existsSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { StepLog } from "@step-log/core";
import { type FsSinkOptions, fsSink } from "../../src/index.ts";

const { path, options, count, bytes, go, until } = JSON.parse(process.argv[2] ?? "{}") as {
  /** Nothing for an agent without a log. */
  path: string | null;
  options: FsSinkOptions;
  count: number;
  bytes: number;
  /** Files that it waits for, before it works and before it ends. */
  go: string;
  until: string;
};

const told: Record<string, number> = {};
const sink = fsSink(path ?? "nowhere", {
  ...options,
  onError({ code }) {
    told[code] = (told[code] ?? 0) + 1;
  },
});
const log = new StepLog({ runId: "run", run: false, sink, onError: () => {} });
const start = process.memoryUsage().rss;
let maxPendingBytes = 0;
let maxRss = 0;

console.log("ready");
while (!existsSync(go)) await sleep(5);
const from = performance.now();
for (let i = 0; i < count; i++) {
  const text = `${i} `.repeat(bytes).slice(0, bytes);
  if (path !== null) log.recordEvent("work", { text });
  maxPendingBytes = Math.max(maxPendingBytes, sink.stats?.().pendingBytes ?? 0);
  if (i % 100 !== 0) continue;
  maxRss = Math.max(maxRss, process.memoryUsage().rss);
  await nextTurn();
}
const tookMs = performance.now() - from;
tell();
while (!existsSync(until)) await sleep(5);
if (path !== null) {
  let failure: unknown;
  do {
    failure = await sink.flush().then(
      () => undefined,
      ({ code, pending }) => ({ code, pending }),
    );
  } while ((failure as { pending?: number } | undefined)?.pending);
  await sink.close().catch(() => {});
}
tell();

function tell(): void {
  const stats = { ...sink.stats?.(), logDropped: log.stats().dropped };
  console.log(JSON.stringify({ stats, told, maxPendingBytes, grewBytes: maxRss - start, tookMs }));
}
