// @ts-check
// One measurement in a process of its own: reads a file in one of several ways.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Summarizer } from "@step-log/core";
import { fsSource } from "@step-log/fs-sink";
import { report, task } from "./task.js";

const { variant, path } = task();
let records = 0;
let tokens = 0;

/** @param {import("@step-log/core").StepRecord | import("@step-log/core").BadLine} record */
function add(record) {
  records++;
  if (record.type === "llm_call") tokens += record.input_tokens ?? 0;
}

/** @param {import("@step-log/core").Summary} summary */
function take({ totalSteps, tokens: { input } }) {
  records = totalSteps;
  tokens = input;
}

/** @type {Record<string, () => Promise<void>>} */
const READERS = {
  async "bytes alone"() {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) records++;
    }
  },
  async "readline, for await"() {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      add(JSON.parse(line));
    }
  },
  async "createReadStream and split"() {
    let rest = "";
    const chunks = createReadStream(path, { encoding: "utf8", highWaterMark: 1024 * 1024 });
    for await (const chunk of chunks) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) add(JSON.parse(line));
    }
  },
  async "fsSource, readAll"() {
    for await (const record of fsSource(path).readAll()) add(record);
  },
  async "fsSource, batches"() {
    for await (const batch of fsSource(path).batches()) {
      for (const record of batch) add(record);
    }
  },
  async "fsSource, batches and summary"() {
    const summarizer = new Summarizer();
    for await (const batch of fsSource(path).batches()) {
      for (const record of batch) summarizer.add(record);
    }
    take(summarizer.summary());
  },
  async "fsSource, summary"() {
    take(await fsSource(path).summary());
  },
};

const startedAt = performance.now();
await READERS[variant]?.();
report({
  seconds: (performance.now() - startedAt) / 1000,
  records,
  tokens,
  maxRssMb: process.resourceUsage().maxRSS / 1024,
});
