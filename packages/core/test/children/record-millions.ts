// Makes five million records of one run, and tells on stdout what memory is in use after each million.
import { type Sink, StepLog } from "../../src/index.ts";

const RECORDS = 5_000_000;
const MEGA = 1_000_000;

// Keeps nothing, so that what grows is core's.
const counted = { entries: 0, chars: 0 };
const sink: Sink = {
  name: "counting",
  write(entry) {
    counted.entries++;
    counted.chars += entry.line.length;
  },
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

const log = new StepLog({ runId: "run-1", run: { agent: { name: "memory" } }, sink });
const heap: number[] = [];
const rss: number[] = [];

let steps = 0;
for (let goal = MEGA; goal <= RECORDS; goal += MEGA) {
  while (counted.entries < goal) record(++steps);
  // Twice: what the first finds of array buffers is freed by the time of the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss: resident } = process.memoryUsage();
  heap.push(heapUsed + arrayBuffers);
  rss.push(resident);
}
await log.close();
const { totalSteps, errorCount, unfinishedCount } = log.summarize();
const { recorded, dropped } = log.stats();
const found = { steps, totalSteps, errorCount, unfinishedCount, recorded, dropped };
process.stdout.write(JSON.stringify({ heap, rss, ...counted, ...found }));

/** All kinds of steps in turn, with values that are new each time. */
function record(i: number): void {
  const durationMs = (i * 7919) % 100_003;
  switch (i % 5) {
    case 0:
      log.recordLlmCall({
        model: `model-${i % 3}`,
        inputTokens: i,
        outputTokens: 340,
        stopReason: "tool_use",
        durationMs,
      });
      break;
    case 1:
      log.recordEvent("retrieval", { i, hits: [i, i + 1] });
      break;
    case 2:
      // With its step_start, so two records.
      void log.tool("search", { query: `query ${i}` }, () => i);
      break;
    case 3:
      log.recordToolCall({ tool: "edit", input: { [`file-${i}`]: i }, error: "gone", durationMs });
      break;
    default:
      log.recordToolCall({
        tool: `tool-${i % 20}`,
        input: null,
        output: `result ${i}`,
        durationMs,
      });
  }
}
