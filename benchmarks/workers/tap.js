// @ts-check
// One measurement in a process of its own: fetch, tapped or not, from a server in another process.
import { fork } from "node:child_process";
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { StepLog } from "@step-log/core";
import { createTap } from "@step-log/tap";
import { local } from "../lib/measure.js";
import { median } from "../lib/percentiles.js";
import { report, task } from "./task.js";

const { variant, records, from } = task();

const server = fork(local("workers/tap-server.js"));
const [port] = await once(server, "message");
const url = `http://127.0.0.1:${port}${from}`;
const body = JSON.stringify({ model: "gpt-4.1", messages: [{ role: "user", content: "hello" }] });
const init = { method: "POST", headers: { "content-type": "application/json" }, body };

/** @type {import("@step-log/core").Sink} */
const nowhere = { name: "nowhere", write() {}, async flush() {}, async close() {} };
const tap = createTap({ sink: nowhere });
/** @type {Record<string, () => typeof fetch>} */
const FETCHES = {
  fetch: () => fetch,
  "tap.fetch": () => tap.fetch,
  "tap.fetch, recordInto"() {
    tap.recordInto(new StepLog({ sink: nowhere, run: false }));
    return tap.fetch;
  },
};
const tapped = FETCHES[variant]?.();
if (tapped === undefined) throw new Error(`there is no ${variant}`);

/** Reads a response to its end; gives the milliseconds to the first bytes and to the last. */
async function exchange() {
  const startedAt = performance.now();
  const response = await tapped?.(url, init);
  const reader = response?.body?.getReader();
  let first = 0;
  for (let part = await reader?.read(); !part?.done; part = await reader?.read()) {
    if (first === 0) first = performance.now() - startedAt;
  }
  const last = performance.now() - startedAt;
  // What the tap puts off is done here, and counts for its processor time.
  await turn();
  return { first, last };
}

// The compiler's work is done with before the clock runs.
for (let i = 0; i < Math.ceil(records / 5); i++) await exchange();
const cpu = process.cpuUsage();
const results = [];
for (let i = 0; i < records; i++) results.push(await exchange());
const { user, system } = process.cpuUsage(cpu);
server.disconnect();
report({
  firstMs: median(results.map(({ first }) => first)),
  lastMs: median(results.map(({ last }) => last)),
  cpuMs: (user + system) / 1000 / records,
});
