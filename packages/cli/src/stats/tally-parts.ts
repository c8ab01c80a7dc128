import { scanParts } from "@step-log/fs-sink/scan";
import { LogTally, type TallyQuestion } from "./log-tally.ts";
import { type PartQueue, readCounter, takeParts } from "./part-queue.ts";

/** Sums up parts of logs, as many as this thread gets of the queue. */
export async function tallyParts(
  queue: PartQueue,
  question: TallyQuestion,
  signal?: AbortSignal,
): Promise<LogTally> {
  const tally = new LogTally(question);
  const parts = takeParts(queue, (part) => tally.beginPart(part.isOneOfSeveral));
  await scanParts(parts, tally, { onRead: readCounter(queue), signal });
  return tally;
}
