import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidV7 } from "@step-log/core";
import { startModelServer } from "@step-log/example-demo/model-server.js";
import { screen } from "@step-log/example-demo/screen.js";
import { scriptedTurns } from "@step-log/example-demo/scripted-turns.js";
import { s3Source } from "@step-log/s3-sink";
import { openBucket } from "./open-bucket.js";
import { recordRuns } from "./record-runs.js";
import { showBucket } from "./show-bucket.js";
import { showRuns } from "./show-runs.js";

const QUESTION = "Which file decides how a record becomes a line of JSON?";

/**
 * Has agents in processes of their own log to one bucket, kills one of them on the way, and reads the
 * runs back.
 *
 * @param {object} options
 * @param {string} options.root of the source that the agents look at, with `/` at its end
 * @param {string} options.workerPath
 * @param {Readonly<Record<string, string | undefined>>} options.env
 * @param {(line: string) => void} options.print
 * @param {number} options.columns
 * @param {boolean} options.color
 * @returns {Promise<number>} the exit code: 1 when a record is missing
 */
export async function demoS3({ root, workerPath, env, ...terminal }) {
  const paper = screen(terminal);
  const bucket = await openBucket(env);
  const model = await startModelServer(scriptedTurns);
  // For the one that is going to be killed: time enough to be caught thinking.
  const slow = scriptedTurns.map((turn, index) =>
    index === 2 ? { ...turn, thinkMs: 2_000 } : turn,
  );
  const slowModel = await startModelServer(slow);
  const spoolDir = await mkdtemp(join(tmpdir(), "step-log-demo-"));
  const runs = { alone: uuidV7(), together: uuidV7(), killed: uuidV7() };
  const source = s3Source(bucket.url, bucket.options);

  try {
    showBucket(paper).opening(bucket, QUESTION);
    const job = { ...bucket, spoolDir, root, question: QUESTION };
    const recorded = await recordRuns({
      ...{ runs, job, workerPath, paper },
      modelUrl: model.url,
      slowModelUrl: slowModel.url,
    });
    await showBucket(paper).objects(bucket);
    return (await showRuns({ paper, source, runs, recorded })) ? 0 : 1;
  } finally {
    await Promise.all([model.close(), slowModel.close(), bucket.close()]);
    await rm(spoolDir, { recursive: true, force: true });
  }
}
