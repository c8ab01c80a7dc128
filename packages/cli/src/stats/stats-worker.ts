// What runs in each thread of `step-log stats`, `ls` and `cost`.
import { parentPort, workerData } from "node:worker_threads";
import type { TallyQuestion } from "./log-tally.ts";
import type { PartQueue } from "./part-queue.ts";
import { tallyParts } from "./tally-parts.ts";

/** What the thread is started with. */
export interface WorkerTask {
  readonly queue: PartQueue;
  readonly question: TallyQuestion;
}

const { queue, question }: WorkerTask = workerData;
const tally = await tallyParts(queue, question);
parentPort?.postMessage(tally.state());
