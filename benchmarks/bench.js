// @ts-check
// Measures step-log beside what else there is, and prints tables. See README.md.
//
//   node bench.js [--quick] [--runs 5] [--only throughput,latency] [--json FILE] [--folder DIR]
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { load, machine } from "./lib/machine.js";
import { hasPython, installPeers } from "./lib/peers.js";
import { table } from "./lib/table.js";
import { beginning } from "./parts/beginning.js";
import { convert } from "./parts/convert.js";
import { family } from "./parts/family.js";
import { footprint } from "./parts/footprint.js";
import { fsync } from "./parts/fsync.js";
import { importCommand } from "./parts/import-command.js";
import { imports } from "./parts/imports.js";
import { latency } from "./parts/latency.js";
import { processes } from "./parts/processes.js";
import { reading } from "./parts/reading.js";
import { replay } from "./parts/replay.js";
import { replayPage } from "./parts/replay-page.js";
import { s3 } from "./parts/s3.js";
import { startup } from "./parts/startup.js";
import { stats } from "./parts/stats.js";
import { throughput } from "./parts/throughput.js";
import { VARIANTS } from "./variants.js";

/**
 * @typedef {object} Context
 * @property {string} folder For files; it is removed afterwards.
 * @property {number} runs
 * @property {boolean} quick Whether it is only to be seen that all of it works.
 * @property {(variant: string) => boolean} has Whether a variant can be run here.
 * @property {boolean} python Whether there is a python3.
 */

const PARTS = {
  throughput,
  latency,
  processes,
  fsync,
  footprint,
  imports,
  beginning,
  reading,
  family,
  convert,
  import: importCommand,
  replay,
  "replay-page": replayPage,
  s3,
  stats,
  startup,
};

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runs: { type: "string" },
    only: { type: "string", default: Object.keys(PARTS).join() },
    json: { type: "string" },
    folder: { type: "string", default: tmpdir() },
  },
});
const { quick, only, json } = values;
const runs = Number(values.runs ?? (quick ? 1 : 5));

const peers = installPeers();
const python = hasPython();
if (!peers)
  console.error("The peers could not be installed; without them there is nothing to compare with.");
if (!python) console.error("No python3; the Python original is left out.");

const folder = mkdtempSync(join(values.folder, "step-log-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.once("SIGINT", () => process.exit(130));

/** @type {Context["has"]} */
const has = (name) => {
  const file = VARIANTS[name]?.file ?? "";
  return file.startsWith("peers/") ? peers : file.endsWith(".py") ? python : true;
};

const on = machine(folder);
const { packages, ...rest } = on;
for (const [name, value] of Object.entries(rest)) console.log(`${name}: ${value}`);
console.log(
  `packages: ${Object.entries(packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ")}`,
);
console.log(
  `runs: ${runs}, interleaved, medians${quick ? "; quick: the figures mean nothing" : ""}\n`,
);

const report = [];
for (const [name, part] of Object.entries(PARTS)) {
  if (!only.split(",").includes(name)) continue;
  for (const result of [await part({ folder, runs, quick, has, python })].flat()) {
    const { title, results } = result;
    report.push({ title, results: Object.fromEntries(results) });
    console.log(table(result));
  }
  console.log(`Load average afterwards: ${load()}\n`);
}
if (json !== undefined)
  writeFileSync(json, `${JSON.stringify({ machine: on, runs, quick, parts: report }, null, 2)}\n`);
