// An agent in a process or a worker thread of its own: says on stdout, or to its parent, which run it is
// part of, and what its logs record. As argument or workerData `how`: "child" or "resume".
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { memorySink, StepLog } from "@step-log/core";
import { extract, extractEnv, RunContext } from "../../src/index.ts";

const how: string = workerData?.how ?? process.argv[2];
const caller = workerData?.run ? extract(workerData.run) : extractEnv();
const context = how === "resume" && caller ? caller : RunContext.start({ parent: caller });

const sink = memorySink();
RunContext.run(context, () => new StepLog({ sink }).recordEvent("at work"));

const report = { caller, context, records: sink.records() };
if (isMainThread) process.stdout.write(JSON.stringify(report));
else parentPort?.postMessage(report);
