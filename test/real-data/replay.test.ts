import { beforeEach, describe, expect, test, vi } from "vitest";
import { memorySink, type ToolCallRecord } from "../../packages/core/src/index.ts";
import { diff, Replay, replayTools } from "../../packages/replay/src/index.ts";
import { skipWithoutData } from "./data-folder.ts";
import { recordRuns } from "./record-runs.ts";
import { SOURCES } from "./sources.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeEach(skipWithoutData);

describe.each(SOURCES)("the runs of %s", (_, read) => {
  test("are replayed step by step, with the sums of their summary", async () => {
    for (const run of await replays(read)) {
      const { totalSteps, tokens, errorCount } = run.summary();
      expect(run.length).toBe(totalSteps + 2); // and the header and the end
      expect(run.steps.map(({ number }) => number)).toEqual(run.steps.map((_, i) => i));
      expect(run.totals()).toMatchObject({ tokens, errors: errorCount });
      const last = run.contextAt(-1);
      expect(last?.totals).toEqual(run.totals());
      expect(last?.running).toEqual([]);
    }
  });

  test("play back what each tool gave, and never leave the path", async () => {
    for (const run of await replays(read)) {
      const replayed = replayTools(run, { recording: { redact: false } });
      for (const { type, record } of run.steps) {
        if (type !== "tool_call") continue;
        const { tool, input, output, error } = record as ToolCallRecord;
        const result = replayed.call(tool, input);
        if (error === null) expect(await result).toEqual(output);
        else await expect(result).rejects.toThrow(error);
      }
      expect(replayed.divergences).toEqual([]);
      expect(replayed.unused()).toEqual([]);
    }
  });

  test("are the same as themselves, and any two are aligned with each step once", async () => {
    const runs = await replays(read);
    for (const [i, run] of runs.entries()) {
      expect(diff(run, run).same).toBe(true);
      const other = runs[(i + 1) % runs.length] ?? run;
      const { steps } = diff(run, other);
      const inOrder = (side: "a" | "b") =>
        steps.flatMap((it) => it[side]?.index ?? []).toSorted((a, b) => a - b);
      expect(inOrder("a")).toEqual(run.steps.slice(1, -1).map(({ index }) => index));
      expect(inOrder("b")).toEqual(other.steps.slice(1, -1).map(({ index }) => index));
    }
  });
});

async function replays(read: (typeof SOURCES)[number][1]): Promise<Replay[]> {
  const sink = memorySink();
  const logs = recordRuns(read().slice(0, 40), sink, { redact: false });
  for (const log of logs) await log.close();
  const records = sink.records();
  return logs.map(({ runId }) => Replay.of(records.filter((it) => it.run_id === runId)));
}
