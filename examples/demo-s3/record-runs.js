import { showStep } from "./show-step.js";
import { startWorker } from "./start-worker.js";

/** @import { StepRecord } from "@step-log/core" */
/** @import { Screen } from "@step-log/example-demo/screen.js" */
/** @import { Job } from "./start-worker.js" */

// The model call during which one of the processes is killed.
const FATAL_CALL = 3;

/**
 * Records three runs from four processes at once: one alone, two that share a run, and one that is
 * killed; then starts one more, which finds what the killed one has left.
 *
 * @param {object} options
 * @param {{ alone: string, together: string, killed: string }} options.runs
 * @param {Omit<Job, "runId">} options.job
 * @param {string} options.workerPath
 * @param {string} options.modelUrl
 * @param {string} options.slowModelUrl
 * @param {Screen} options.paper
 * @returns {Promise<Map<string, number>>} how many records each run was given
 */
export async function recordRuns({ runs, job, workerPath, modelUrl, slowModelUrl, paper }) {
  const { title, paragraph, colors } = paper;
  const show = showStep(paper);
  /** @type {Map<string, number>} */
  const recorded = new Map();

  /** @param {string} name @param {Partial<Job>} own @param {(record: StepRecord) => void} [onRecord] */
  const start = (name, own, onRecord) =>
    startWorker(workerPath, { ...job, modelUrl, ...own }, (record) => {
      recorded.set(record.run_id, (recorded.get(record.run_id) ?? 0) + 1);
      show(name, record);
      onRecord?.(record);
    });

  title("Four processes, as their steps end");
  let calls = 0;
  const workers = [
    start("A", { runId: runs.alone }),
    start("B", { runId: runs.together }),
    start("C", { runId: runs.together, joins: true }),
    start("D", { runId: runs.killed, modelUrl: slowModelUrl }, (record) => {
      if (record.type !== "step_start" || record.of !== "llm_call") return;
      if (++calls === FATAL_CALL) workers[3]?.kill();
    }),
  ];
  const ends = await Promise.all(workers.map(({ ended }) => ended));
  const { signal } = ends[3] ?? {};
  paragraph(
    `D was killed (${signal}) while it waited for the model. What it had not yet sent lies in its spool.`,
    colors.red,
  );

  title("A new process, with the same spool folder");
  const { stats } = await startWorker(workerPath, job, () => {}).ended;
  paragraph(`stores ${stats?.adopted ?? 0} records that D has left.`);
  return recorded;
}
