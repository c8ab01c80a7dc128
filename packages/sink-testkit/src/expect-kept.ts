import assert from "node:assert/strict";
import type { Entry } from "@step-log/core";
import { byRun, canonicalEntry } from "./expect-stored.ts";
import type { StoredLine } from "./stored-line.ts";

/** Asserts that the store holds some of the entries, none twice, those of a run in order. */
export function expectKept(stored: readonly StoredLine[], given: readonly Entry[]): void {
  const givenRuns = byRun(given);
  for (const [runId, lines] of byRun(stored)) {
    const wanted = (givenRuns.get(runId) ?? []).map(canonicalEntry);
    let next = 0;
    for (const { canonical } of lines) {
      const at = wanted.indexOf(canonical, next);
      const trouble = wanted.includes(canonical) ? "twice or out of order" : "and nobody wrote it";
      assert.ok(at !== -1, `run ${runId}: stored ${trouble}: ${canonical.slice(0, 160)}`);
      next = at + 1;
    }
  }
}
