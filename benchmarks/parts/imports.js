// @ts-check
import { cpSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { interleaved, local, measure } from "../lib/measure.js";

const OWN = "step-log (core and fs-sink)";
const PEERS = pathToFileURL(local("peers/load.js")).href;
/** @type {Record<string, readonly string[]>} */
const MODULES = {
  [OWN]: ["@step-log/core", "@step-log/fs-sink"],
  pino: ["pino"],
  winston: ["winston"],
  bunyan: ["bunyan"],
  langfuse: ["langfuse"],
  langsmith: ["langsmith"],
  "OpenTelemetry SDK": ["@opentelemetry/sdk-trace-base"],
};

/**
 * What it takes to load a package in a fresh process.
 *
 * @param {import("../bench.js").Context} context
 * @returns {Promise<import("../lib/table.js").Part>}
 */
export async function imports({ folder, runs, has }) {
  const names = Object.keys(MODULES).filter((name) => OWN === name || has("pino sync"));
  const installed = install(folder);
  const results = await interleaved(names, runs, (name) =>
    measure("import", { modules: MODULES[name], from: name === OWN ? installed : PEERS }),
  );
  return {
    title: "Import",
    note: "Files in the page cache; the resident set of the process after it.",
    columns: [
      { name: "ms", key: "milliseconds" },
      { name: "x pino", key: "milliseconds", of: "pino" },
      { name: "RSS MB", key: "maxRssMb" },
    ],
    results,
  };
}

/**
 * Copies the packages to where npm would put them, as it did with the others: following the links of
 * a workspace takes 0.8 ms. Gives the URL of a module beside them that loads what it is told.
 *
 * @param {string} folder
 */
function install(folder) {
  const installed = join(folder, "installed");
  for (const name of ["core", "fs-sink"]) {
    for (const part of ["package.json", "dist"]) {
      const from = local(`../packages/${name}/${part}`);
      cpSync(from, join(installed, "node_modules/@step-log", name, part), { recursive: true });
    }
  }
  const load = join(installed, "load.mjs");
  cpSync(local("peers/load.js"), load);
  return pathToFileURL(load).href;
}
