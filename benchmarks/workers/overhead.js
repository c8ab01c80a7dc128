// @ts-check
// One measurement in a process of its own: what a call costs.
import { StepLog } from "@step-log/core";
import { record } from "../mix.js";
import { report, task } from "./task.js";

const { variant, records } = task();

/** @type {import("@step-log/core").Sink} */
const nowhere = { name: "nowhere", write() {}, async flush() {}, async close() {} };

/** @type {Record<string, () => (i: number) => void>} */
const CALLS = {
  "a record, sink that does nothing"() {
    const log = new StepLog({ runId: "run-abc123", sink: nowhere, run: false });
    return (i) => record(log, i);
  },
};

const call = CALLS[variant]?.();
if (call === undefined) throw new Error(`there is no ${variant}`);

/** @param {number} count */
function repeat(count) {
  for (let i = 0; i < count; i++) call?.(i);
}

// The compiler's work is done with before the clock runs.
repeat(Math.ceil(records / 10));
const startedAt = performance.now();
repeat(records);
report({ nanoseconds: ((performance.now() - startedAt) * 1e6) / records });
