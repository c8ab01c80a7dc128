// @ts-check
// P95 by tool, share of calls that failed, tokens by model: what `step-log stats` tells, of all files.
import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { percentile } from "@step-log/core";

/** @type {Record<string, number[]>} */
const tools = {};
/** @type {Record<string, { input: number, output: number }>} */
const models = {};
let [calls, errors] = [0, 0];

const folder = process.argv[2] ?? "";
for (const name of readdirSync(folder)) {
  for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
    const record = JSON.parse(line);
    if (record.type === "tool_call") {
      tools[record.tool] ??= [];
      tools[record.tool]?.push(record.duration_ms);
    } else if (record.type === "llm_call") {
      models[record.model] ??= { input: 0, output: 0 };
      const tokens = /** @type {{ input: number, output: number }} */ (models[record.model]);
      tokens.input += record.input_tokens;
      tokens.output += record.output_tokens;
    } else continue;
    calls++;
    if ((record.error ?? null) !== null) errors++;
  }
}
const p95 = Object.fromEntries(
  Object.entries(tools).map(([tool, values]) => [
    tool,
    percentile(Float64Array.from(values).sort(), 0.95),
  ]),
);
console.log(JSON.stringify({ p95, errorRate: errors / calls, tokens: models }));
