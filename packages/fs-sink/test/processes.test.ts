import { join } from "node:path";
import { expect, test } from "vitest";
import { findLines } from "./check-lines.ts";
import { start, temporaryFolder } from "./child.ts";

const COUNT = 1_500;

for (const durability of ["os", "buffered", "fsync"] as const) {
  test(`8 processes write ${COUNT} records each to one file, ${durability}: each once, whole, in order`, async () => {
    const path = join(temporaryFolder(), "agent-steps.jsonl");
    const writers = Array.from({ length: 8 }, (_, i) =>
      start("flood", {
        path,
        runId: `run-${i}`,
        durability,
        count: COUNT,
        maxBytes: 400_000,
        seed: i + 1,
      }),
    );
    for (const writer of writers) expect(await writer.ended).toEqual({ code: 0, signal: null });
    const { steps, bad } = findLines(path);
    expect(bad).toEqual([]);
    for (let i = 0; i < 8; i++) {
      // 0 is run_start, COUNT + 1 is run_end.
      expect(steps.get(`run-${i}`)).toEqual(Array.from({ length: COUNT + 2 }, (_, step) => step));
    }
  }, 120_000);
}
