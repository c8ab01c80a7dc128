// Records one step and ends in the way that it is told.
import { StepLog } from "@step-log/core";
import { type Durability, fsSink } from "../../src/index.ts";

const { path, durability, ending } = JSON.parse(process.argv[2] ?? "{}") as {
  path: string;
  durability: Durability;
  ending: string;
};

if (durability !== undefined) {
  const log = new StepLog({ runId: "run", sink: fsSink(path, { durability }) });
  // Under way, so that a lock is held, or being waited for.
  if (ending.endsWith("later")) {
    for (let i = 0; i < 20; i++) {
      log.recordEvent("early", i);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  log.recordEvent("last", "x".repeat(100_000));
}

switch (ending.replace(" later", "")) {
  case "process.exit":
    process.exit(3);
    break;
  case "exit code":
    process.exitCode = 4;
    break;
  case "uncaught exception":
    setImmediate(() => {
      throw new Error("the agent's own");
    });
    break;
  case "unhandled rejection":
    void Promise.reject(new Error("the agent's own"));
    break;
  case "never settled await":
    await new Promise(() => {});
    break;
  case "SIGTERM":
  case "SIGINT":
  case "SIGKILL":
    process.kill(process.pid, ending.split(" ")[0]);
    block();
    break;
  case "abort":
    process.abort();
    break;
}

/** A blocked event loop must not keep the signal from ending the process. */
function block(): void {
  for (;;) if (process.pid === 0) return;
}
