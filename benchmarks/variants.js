// @ts-check
// Everything that records are handed to, and how it is opened.
//
// `held` is where a record is when the call that takes it returns, so what a kill -9 spares:
// "kernel" (written), "process" (in its memory, to be written later), "thread" (of a worker),
// "-" (nothing is kept). Only those of one class are alike.

/**
 * @typedef {object} Recording
 * @property {(i: number) => unknown} record Takes record `i` of the mix.
 * @property {() => unknown} close Resolves when all are written.
 */

/**
 * @typedef {object} Variant
 * @property {string} file Module that exports `open(path, runId, options)`, which gives a `Recording`.
 * @property {Record<string, unknown>} [options]
 * @property {"kernel" | "process" | "thread" | "-"} held
 * @property {"records" | "lines" | "none"} output Records as they are, other lines, or no file.
 * @property {number} [share] Part of the records of a run that it gets, where all would take minutes.
 */

/**
 * @param {Variant["held"]} held
 * @param {"os" | "buffered"} durability
 * @param {boolean} redact
 * @returns {Variant}
 */
const stepLog = (held, durability, redact) => ({
  file: "variants/step-log.js",
  options: { durability, redact },
  held,
  output: "records",
});

/** @type {Record<string, Variant>} */
export const VARIANTS = {
  "JSON.stringify alone": {
    file: "variants/limits.js",
    options: { limit: "stringify" },
    held: "-",
    output: "none",
  },
  "ready 64 KiB writes": {
    file: "variants/limits.js",
    options: { limit: "ready" },
    held: "-",
    output: "none",
  },
  "stringify + a write each": {
    file: "variants/limits.js",
    options: { limit: "write" },
    held: "kernel",
    output: "records",
  },
  "step-log os": stepLog("kernel", "os", true),
  "step-log os, redact off": stepLog("kernel", "os", false),
  "step-log buffered": stepLog("process", "buffered", true),
  "step-log buffered, redact off": stepLog("process", "buffered", false),
  "step-log os, no lock": {
    file: "variants/no-lock.js",
    options: { durability: "os" },
    held: "kernel",
    output: "records",
  },
  "step-log buffered, no lock": {
    file: "variants/no-lock.js",
    options: { durability: "buffered" },
    held: "process",
    output: "records",
  },
  "pino sync": {
    file: "peers/pino.js",
    options: { sync: true, minLength: 0 },
    held: "kernel",
    output: "records",
  },
  "pino buffered": {
    file: "peers/pino.js",
    // The fastest of 1, 4, 16 and 64 KiB.
    options: { sync: true, minLength: 1024 },
    held: "process",
    output: "records",
  },
  "pino async 4 KiB": {
    file: "peers/pino.js",
    // As its documentation has it.
    options: { sync: false, minLength: 4096 },
    held: "process",
    output: "records",
  },
  "pino worker": {
    file: "peers/pino.js",
    options: { worker: true },
    held: "thread",
    output: "records",
  },
  winston: { file: "peers/winston.js", held: "process", output: "records", share: 0.25 },
  bunyan: { file: "peers/bunyan.js", held: "process", output: "records" },
  appendFileSync: {
    file: "variants/limits.js",
    options: { limit: "append" },
    held: "kernel",
    output: "records",
  },
  "a lock a record": {
    file: "peers/naive-lock.js",
    held: "process",
    output: "records",
    share: 0.005,
  },
  "OpenTelemetry batch": {
    file: "peers/opentelemetry.js",
    held: "process",
    output: "lines",
    share: 0.25,
  },
  LangSmith: { file: "peers/langsmith.js", held: "process", output: "none", share: 0.02 },
  Langfuse: { file: "peers/langfuse.js", held: "process", output: "none", share: 0.02 },
  "Python original": {
    file: "variants/original.py",
    held: "kernel",
    output: "records",
    share: 0.25,
  },
};

/**
 * Opens a variant by its name.
 *
 * @param {string} name
 * @param {string} path
 * @param {string} runId
 * @returns {Promise<Recording>}
 */
export async function openVariant(name, path, runId) {
  const variant = VARIANTS[name];
  if (variant === undefined) throw new TypeError(`no variant ${name}`);
  const module = await import(`./${variant.file}`);
  return module.open(path, runId, variant.options ?? {});
}
