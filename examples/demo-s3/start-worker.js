import { fork } from "node:child_process";
import { once } from "node:events";

/** @import { StepRecord } from "@step-log/core" */
/** @import { S3SinkStats } from "@step-log/s3-sink" */

/**
 * What a worker does; without a run it stores what others have left in the spool.
 *
 * @typedef {object} Job
 * @property {string} url
 * @property {object} options of the sink
 * @property {string} spoolDir
 * @property {string} [runId]
 * @property {boolean} [joins] whether another process has begun the run
 * @property {string} [modelUrl]
 * @property {string} root of the source that the agent looks at
 * @property {string} question
 */

/**
 * Starts a process that records a run.
 *
 * @param {string} workerPath
 * @param {Job} job
 * @param {(record: StepRecord) => void} onRecord called once the record is in the sink's hands
 */
export function startWorker(workerPath, job, onRecord) {
  const child = fork(workerPath, [JSON.stringify(job)]);
  /** @type {S3SinkStats | undefined} */
  let stats;
  child.on("message", (message) => {
    const told = /** @type {{ record?: StepRecord, stats?: S3SinkStats }} */ (message);
    if (told.record) onRecord(told.record);
    stats = told.stats ?? stats;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stats }));
  return { pid: child.pid, ended, kill: () => child.kill("SIGKILL") };
}
