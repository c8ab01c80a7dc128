// Waits for a file, records a burst, tries to flush, waits for another file and flushes again. Tells
// after each of them how things stand.
import { existsSync } from "node:fs";
import { StepLog } from "@step-log/core";
import { type Durability, fsSink } from "../../src/index.ts";

const { path, runId, durability, count, go, until } = JSON.parse(process.argv[2] ?? "{}") as {
  path: string;
  runId: string;
  durability: Durability;
  count: number;
  go: string;
  until: string;
};
const told: Record<string, number> = {};
const sink = fsSink(path, {
  durability,
  onError({ code }) {
    told[code] = (told[code] ?? 0) + 1;
  },
});
const log = new StepLog({ runId, sink, run: false });

console.log("ready");
await present(go);
for (let i = 0; i < count; i++) log.recordEvent("burst", "x".repeat(1_000));
await flush();
await present(until);
await flush();
log.recordEvent("last");
await flush();
await sink.close();

async function present(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function flush(): Promise<void> {
  const failure = await sink.flush().catch(({ code, lost, pending }) => ({ code, lost, pending }));
  console.log(JSON.stringify({ failure: failure ?? null, stats: sink.stats?.(), told }));
}
