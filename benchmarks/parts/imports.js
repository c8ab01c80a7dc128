// @ts-check
import { interleaved, measure } from "../lib/measure.js";

const OWN = "step-log (core and fs-sink)";
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
export async function imports({ runs, has }) {
  const names = Object.keys(MODULES).filter((name) => OWN === name || has("pino sync"));
  const results = await interleaved(names, runs, (name) =>
    measure("import", { modules: MODULES[name], from: name === OWN ? "variants" : "peers" }),
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
