import { existsSync } from "node:fs";
import { join } from "node:path";
import { StepLog, type StepRecord } from "@step-log/core";
import { describe, expect, test } from "vitest";
import { type Durability, fsSink, runFileName } from "../src/index.ts";
import { temporaryFolder } from "./child.ts";
import { newPath, range, recordsIn } from "./open-log.ts";

const places: Readonly<Record<string, (runId: string) => { location: string; path: string }>> = {
  "a file": () => {
    const path = newPath();
    return { location: path, path };
  },
  "a folder": (runId) => {
    const folder = temporaryFolder();
    return { location: `${folder}/`, path: join(folder, `${runFileName(runId)}.jsonl`) };
  },
};

describe.each(Object.keys(places))("a run that is resumed in %s", (where) => {
  const placeOf = (runId: string) => places[where]?.(runId) ?? { location: "", path: "" };

  test.each(["os", "buffered", "fsync"] satisfies Durability[])(
    "goes on with the numbers, %s",
    async (durability) => {
      const { location, path } = placeOf("run");
      for (const resume of [false, true, true]) {
        const sink = fsSink(location, { durability });
        const log = new StepLog({ runId: "run", sink, resume });
        for (let i = 0; i < 5; i++) log.recordEvent("event");
        await sink.close(); // as if the process had ended without ending the run
      }
      const records = recordsIn(path);
      expect(records.map(({ step }) => step)).toEqual(range(0, 15));
      const writers = writersOf(records);
      expect(writers.slice(0, 6)).toEqual(Array(6).fill(undefined));
      expect(new Set(writers).size).toBe(3);
      expect(records.filter(({ type }) => type === "run_start")).toHaveLength(1);
    },
  );

  test("and was never begun, begins with step 1", async () => {
    const { location, path } = placeOf("new");
    const sink = fsSink(location);
    const log = new StepLog({ runId: "new", sink, resume: true });
    expect(log.recordEvent("event")).toBe(1);
    await sink.close();
    expect(recordsIn(path)).toHaveLength(1);
  });

  test("while its sink is open, and the last records wait in memory, goes on behind these", async () => {
    const { location, path } = placeOf("run");
    const sink = fsSink(location, { durability: "buffered" });
    const first = new StepLog({ runId: "run", sink, run: false });
    for (let i = 0; i < 5; i++) first.recordEvent("event");
    const second = new StepLog({ runId: "run", sink, resume: true });
    expect(second.recordEvent("event")).toBe(6);
    await sink.close();
    expect(recordsIn(path).map(({ step }) => step)).toEqual(range(1, 6));
  });

  test("behind a rotation, goes on with the numbers", async () => {
    const { location, path } = placeOf("run");
    const rotate = { maxBytes: 2_000 };
    const sink = fsSink(location, { rotate });
    const log = new StepLog({ runId: "run", sink });
    let last = 0;
    const from = performance.now();
    // Until a record was the last of its file, so that there is nothing but what was put aside.
    while (last < 10 || existsSync(path)) {
      last = log.recordEvent("event", "x".repeat(500));
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (performance.now() - from > 10_000) throw new Error("never rotated");
    }
    await sink.close();
    const again = fsSink(location, { rotate });
    const resumed = new StepLog({ runId: "run", sink: again, resume: true });
    expect(resumed.recordEvent("event")).toBe(last + 1);
    await again.close();
  });

  test.each(["läuft-1", "a\u0085b", "../a", "🛫", "x".repeat(200)])(
    "and is called %j, is known again",
    async (runId) => {
      const { location } = placeOf(runId);
      const sink = fsSink(location);
      new StepLog({ runId, sink }).recordEvent("event");
      await sink.close();
      const again = fsSink(location);
      expect(new StepLog({ runId, sink: again, resume: true }).recordEvent("event")).toBe(2);
      await again.close();
    },
  );
});

function writersOf(records: readonly StepRecord[]): (string | undefined)[] {
  return records.map(({ writer }) => writer);
}
