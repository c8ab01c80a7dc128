// @ts-check
// One measurement in a process of its own: imports a file in one of several ways.
import { createReadStream } from "node:fs";
import { importLog } from "@step-log/convert";
import { toLine } from "@step-log/core";
import { report, task } from "./task.js";

const { variant, path } = task();
let calls = 0;
let records = 0;

/** @param {import("@step-log/convert").ImportOptions} options */
async function imported(options = {}, withLines = false) {
  for await (const batch of importLog(path, options).batches()) {
    records += batch.length;
    for (const record of batch) {
      if (record.type === "llm_call") calls++;
      if (record.type === "bad_line") throw new Error(record.reason);
      if (withLines) toLine(record);
    }
  }
}

/** @type {Record<string, () => Promise<void>>} */
const WAYS = {
  async "JSON.parse of each line"() {
    let rest = "";
    const chunks = createReadStream(path, { encoding: "utf8", highWaterMark: 256 * 1024 });
    for await (const chunk of chunks) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) JSON.parse(line);
      records += lines.length;
    }
  },
  importLog: () => imported(),
  "importLog, not redacted": () => imported({ redact: false }),
  "importLog and toLine": () => imported({}, true),
};

const before = process.cpuUsage();
const startedAt = performance.now();
await WAYS[variant]?.();
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(before);
report({
  seconds,
  cpuSeconds: (user + system) / 1e6,
  records,
  calls,
  maxRssMb: process.resourceUsage().maxRSS / 1024,
});
