import assert from "node:assert/strict";
import { isStepLogError, type StepLogError } from "@step-log/core";
import type { SinkBench } from "../../sink-bench.ts";
import { testEntry, testRun } from "../../test-entry.ts";
import type { SinkCase } from "./sink-case.ts";

export const onErrorCases: readonly SinkCase[] = [
  {
    name: "a listener is told of an entry that was written after close, with a StepLogError",
    needs: ["onError"],
    async run(bench) {
      const heard = listen(bench);
      await writeLate(bench);
      assert.ok(heard.length > 0, "no error was told");
      assert.ok(heard.every(isStepLogError), "told of something else than a StepLogError");
    },
  },
  {
    name: "all listeners are told, also after one that throws",
    needs: ["onError"],
    async run(bench) {
      const first = listen(bench);
      bench.sink.onError?.(() => {
        throw new Error("a listener that throws");
      });
      const last = listen(bench);
      await writeLate(bench);
      assert.ok(first.length > 0 && last.length > 0, "a listener was not told");
    },
  },
  {
    name: "a listener that was taken off is told nothing more",
    needs: ["onError"],
    async run(bench) {
      const stays = listen(bench);
      const heard: StepLogError[] = [];
      const stop = bench.sink.onError?.((error) => void heard.push(error));
      stop?.();
      stop?.();
      await writeLate(bench);
      assert.equal(heard.length, 0);
      assert.ok(stays.length > 0, "taking off one listener took off another");
    },
  },
  {
    name: "a listener is told of a failing store",
    needs: ["onError", "faults"],
    async run(bench) {
      const heard = listen(bench);
      await bench.breakStore();
      bench.write(...testRun("run", 10));
      await bench.tryFlush({ signal: bench.patience() });
      assert.ok(heard.length > 0, "no error was told");
    },
  },
];

function listen(bench: SinkBench): StepLogError[] {
  const heard: StepLogError[] = [];
  bench.sink.onError?.((error) => void heard.push(error));
  return heard;
}

/** Makes a problem that every sink has: an entry that comes too late. */
async function writeLate(bench: SinkBench): Promise<void> {
  await bench.close();
  bench.sink.write(testEntry({ runId: "late", step: 1 }));
  await bench.tryFlush();
}
