// @ts-check
// One measurement in a process of its own: `step-log import` of a file, or a program that parses its lines.
import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { report, task } from "./task.js";

const { variant, path, out = "" } = task();

const PYTHON = `
import json, resource, sys
records = 0
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        json.loads(line)
        records += 1
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"cpuSeconds": used.ru_utime + used.ru_stime, "records": records,
    "maxRssMb": used.ru_maxrss / 1024}))
`;

if (variant.startsWith("Python")) {
  const startedAt = performance.now();
  const told = execFileSync("python3", ["-c", PYTHON, path], { encoding: "utf8" });
  report({ ...JSON.parse(told), seconds: (performance.now() - startedAt) / 1000 });
} else if (variant.startsWith("Node")) {
  let records = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    JSON.parse(line);
    records++;
  }
  report({ records, ...figures() });
} else {
  const { run } = await import("@step-log/cli");
  const nowhere = () => new Writable({ write: (_piece, _encoding, done) => done() });
  const exitCode = await run(["import", path, "--out", out], {
    stdin: process.stdin,
    stdout: nowhere(),
    stderr: nowhere(),
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
  });
  const measured = figures();
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}`);
  report({ ...measured, calls: await callsIn(out) });
}

/** Since the process began. */
function figures() {
  const { user, system } = process.cpuUsage();
  return {
    seconds: performance.now() / 1000,
    cpuSeconds: (user + system) / 1e6,
    maxRssMb: process.resourceUsage().maxRSS / 1024,
  };
}

/** @param {string} folder */
async function callsIn(folder) {
  const { fsSource } = await import("@step-log/fs-sink");
  return (await fsSource(folder).summary()).llmCallCount;
}
