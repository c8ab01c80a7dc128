// Has a log's lock, and something of its own to do: a lock by proper-lockfile that it leaves behind at
// its end, or a file that grows beyond a limit.
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { StepLog } from "@step-log/core";
import { fsSink } from "../../src/index.ts";

const { path, own, when, ending } = JSON.parse(process.argv[2] ?? "{}") as {
  path: string;
  own: string;
  when: "before" | "after" | "never";
  ending: string;
};
const lockfile = (): typeof import("proper-lockfile") =>
  createRequire(import.meta.url)("proper-lockfile");
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

if (when === "before") lockfile();
const log = new StepLog({ runId: "run", sink: fsSink(path) });
while (!existsSync(`${path}.lock`)) {
  log.recordEvent("again");
  await turn();
}

if (when !== "never") {
  writeFileSync(own, "");
  await lockfile().lock(own);
  if (existsSync(`${own}.lock`)) console.log("locked");
}
switch (ending) {
  case "process.exit":
    process.exit(3);
    break;
  case "SIGTERM":
    process.kill(process.pid, "SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    break;
  case "large file":
    console.log("ready");
    try {
      for (;;) {
        appendFileSync(own, "x".repeat(10_000));
        await turn();
      }
    } catch (error) {
      console.log((error as NodeJS.ErrnoException).code);
    }
    process.exit(3);
}
