// @ts-check
import { closeSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { interleaved, measure } from "../lib/measure.js";
import { wire } from "../mix.js";

const BYTES = 500e6;
const QUICK_BYTES = 5e6;
const STEPS_PER_RUN = 1_000;
const BATCH_BYTES = 1024 * 1024;
const BYTES_ALONE = "bytes alone";
const READLINE = "readline, for await";
const NAMES = [
  BYTES_ALONE,
  READLINE,
  "createReadStream and split",
  "fsSource, readAll",
  "fsSource, batches",
  "fsSource, batches and summary",
  "fsSource, summary",
];

/**
 * Reading a large file, each record parsed, its tokens summed up; all have to agree.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function reading({ folder, runs, quick }) {
  const path = join(folder, "large.jsonl");
  const { records, tokens } = writeFile(path, quick ? QUICK_BYTES : BYTES);
  const megabytes = statSync(path).size / 1e6;
  const results = await interleaved(NAMES, runs, async (variant) => {
    const result = await measure("read", { variant, path });
    const right = variant === BYTES_ALONE || result["tokens"] === tokens;
    if (result["records"] !== records || !right) {
      throw new Error(
        `read ${result["records"]} of ${records} records, ${result["tokens"]} tokens`,
      );
    }
    return { ...result, perSecond: megabytes / (result["seconds"] ?? 0) };
  });
  rmSync(path);
  return {
    title: `Reading ${megabytes.toFixed(0)} MB`,
    note: `${records.toLocaleString("en")} records, in the page cache. Bytes alone are counted newlines, without parsing.`,
    columns: [
      { name: "MB/s", key: "perSecond" },
      { name: "x readline", key: "perSecond", of: READLINE },
      { name: "peak RSS MB", key: "maxRssMb" },
    ],
    results,
  };
}

/**
 * @param {string} path
 * @param {number} size
 */
function writeFile(path, size) {
  const fd = openSync(path, "wx", 0o600);
  let records = 0;
  let tokens = 0;
  for (let written = 0; written < size; ) {
    let batch = "";
    while (batch.length < BATCH_BYTES) {
      const record = wire(`run-${Math.floor(records / STEPS_PER_RUN)}`, records % STEPS_PER_RUN);
      batch += `${JSON.stringify(record)}\n`;
      records++;
      tokens += Number(record["input_tokens"] ?? 0);
    }
    written += writeSync(fd, batch);
  }
  closeSync(fd);
  return { records, tokens };
}
