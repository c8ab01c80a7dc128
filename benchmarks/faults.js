// @ts-check
// What becomes of records under faults, step-log's and those of other loggers: prints a table.
//
//   npm run compare:faults
//
// The faults are those of fs-sink's tests: a library in front of the C library makes the writes to the
// log fail, and nothing else. Linux with gcc.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { local } from "./lib/measure.js";
import { installPeers } from "./lib/peers.js";

const LOGGERS = [
  "step-log os",
  "step-log buffered",
  "pino sync",
  "pino async 4 KiB",
  "winston",
  "appendFileSync",
];
const SICK = 100;
const WELL = 50;
const HANG_MS = 20_000;

// In the order of fault-shim.c: of operations the first bit is writing; of moments, half way is 1.
const [FAIL, HALF, KILL, DELAY] = [0, 1, 3, 4];
const { ENOSPC, EIO } = constants.errno;

/** @type {Record<string, { action?: number, error?: number, from?: number, times?: number, delayMs?: number, end?: string, again?: boolean }>} */
const FAULTS = {
  none: {},
  "process.exit() after the last record": { end: "exit" },
  "one write fails, EIO": { action: FAIL, error: EIO, from: 2, times: 1 },
  "the disk is full for a while": { action: FAIL, error: ENOSPC, from: 2, times: 0 },
  "half a write, then full for a while": { action: HALF, error: ENOSPC, from: 2, times: 0 },
  "kill -9 in the middle of a write, and another goes on": {
    action: KILL,
    from: 2,
    times: 1,
    again: true,
  },
  "a write takes 500 ms": { action: DELAY, delayMs: 500, from: 2, times: 0 },
};

const folder = mkdtempSync(join(tmpdir(), "step-log-faults-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const shim = join(folder, "shim.so");
const source = local("../packages/fs-sink/test/faults/support/fault-shim.c");
const gcc = ["-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"];
if (spawnSync("gcc", gcc, { stdio: "inherit" }).status !== 0 || !installPeers()) process.exit(1);

console.log(
  `Node ${process.versions.node}; lost / twice / spoilt lines; slowest call; the process\n`,
);
console.log(`| fault | ${LOGGERS.join(" | ")} |\n|---|${LOGGERS.map(() => "---|").join("")}`);
for (const [name, fault] of Object.entries(FAULTS)) {
  console.log(`| ${name} | ${LOGGERS.map((logger) => outcome(logger, fault)).join(" | ")} |`);
}

/**
 * @param {string} variant
 * @param {typeof FAULTS[string]} fault
 */
function outcome(variant, { action, error = 0, from = 1, times = 1, delayMs = 0, end, again }) {
  const at = mkdtempSync(join(folder, "run-"));
  const path = join(at, "log.jsonl");
  const control = join(at, "control");
  const fields = [
    action === undefined ? 0 : 1,
    1,
    action ?? 0,
    1,
    error,
    from,
    times,
    delayMs,
    0,
    0,
    0,
  ];
  const bytes = Buffer.alloc(fields.length * 8 + 400);
  for (const [i, value] of fields.entries()) bytes.writeBigInt64LE(BigInt(value), i * 8);
  bytes.write(path, fields.length * 8);
  writeFileSync(control, bytes);
  const env = { ...process.env, LD_PRELOAD: shim, UV_USE_IO_URING: "0", FAULT_CONTROL: control };
  const run = (/** @type {object} */ task, /** @type {NodeJS.ProcessEnv} */ env) =>
    spawnSync(process.execPath, [local("workers/faulty.js"), JSON.stringify(task)], {
      env,
      encoding: "utf8",
      timeout: HANG_MS,
      killSignal: "SIGKILL",
    });
  const first = run({ variant, path, runId: "run", sick: SICK, well: WELL, control, end }, env);
  const injected = Number(readFileSync(control).readBigInt64LE(10 * 8));
  if (action !== undefined && injected === 0) return "not reached";
  const lines = first.stdout.trimEnd().split("\n");
  const second = again
    ? run({ variant, path, runId: "next", sick: 0, well: WELL }, process.env)
        .stdout.trimEnd()
        .split("\n")
    : [];
  const { thrown = 0, slowestMs } = JSON.parse(lines.find((line) => line.startsWith("{")) ?? "{}");
  const relied = [...lines, ...second].filter((line) => / \d+$/.test(line));
  const { steps, bad } = read(path);
  const lost = relied.filter((step) => !steps.includes(step)).length;
  const twice = steps.length - new Set(steps).size;
  const how = again
    ? ""
    : first.error !== undefined
      ? ", hangs"
      : first.status === 0
        ? ""
        : `, ends with ${first.status ?? first.signal}`;
  const threw = thrown > 0 ? `, ${thrown} calls threw` : "";
  const slow = slowestMs > 100 ? `, ${Math.round(slowestMs)} ms` : "";
  return `${lost} / ${twice} / ${bad}${slow}${threw}${how}`;
}

/** @param {string} path */
function read(path) {
  const steps = [];
  let bad = 0;
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  for (const line of text.split("\n").filter((line) => line !== "")) {
    try {
      const { type, run_id, step } = JSON.parse(line);
      if (type !== "log_dropped") steps.push(`${run_id} ${step}`);
    } catch {
      bad++;
    }
  }
  return { steps, bad };
}
