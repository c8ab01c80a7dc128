import { type StepRecord, summarize, summaryToWire } from "@step-log/core";
import { scannedOf } from "@step-log/fs-sink/scan";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LogTally, type TallyQuestion } from "../../src/stats/log-tally.ts";
import { statsJson } from "../../src/stats/stats-json.ts";
import { statsReport } from "../../src/stats/stats-report.ts";
import { type Made, madeRuns } from "../support/made-log.ts";

const QUESTION: TallyQuestion = {
  period: { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
  timeZone: "UTC",
  prices: {},
};

function tallyOf(records: readonly Made[], question = QUESTION): LogTally {
  const tally = new LogTally(question);
  tally.beginPart(true);
  for (const made of records) {
    const record = made as unknown as StepRecord;
    tally.record(scannedOf(record), () => record);
  }
  return tally;
}

function told(tally: LogTally) {
  return statsJson(statsReport(tally, "UTC")) as Record<string, never>;
}

const name = fc.constantFrom("a", "b", "__proto__", "x".repeat(600));
const count = fc.option(fc.nat(5000));
const record = fc.record(
  {
    run_id: fc.constantFrom("run-1", "run-2", "run-3"),
    step: fc.nat(12),
    type: fc.constantFrom(
      "llm_call",
      "tool_call",
      "step_start",
      "event",
      "run_end",
      "log_dropped",
      "other",
    ),
    // Beyond the microsecond, times without a duration are rounded differently.
    ts: fc.integer({ min: 1e12, max: 1e12 + 1e9 }).map((ms) => ms / 1e3),
    writer: name,
    tool: name,
    model: fc.constantFrom("claude-sonnet-4-6", "gpt-5", "nobody", null),
    provider: fc.constantFrom("anthropic", "openai"),
    input_tokens: count,
    output_tokens: count,
    cache_read_tokens: fc.nat(100),
    error: fc.option(fc.constant("failed")),
    duration_ms: fc.option(fc.nat(1e6)),
    stop_reason: fc.constantFrom("end_turn", "length", null),
    status: fc.constantFrom("ok", "error", "odd"),
    count: fc.nat(5),
    usage: fc.constantFrom(null, { service_tier: "batch" }),
  },
  { requiredKeys: ["run_id", "step", "type", "ts"] },
);

test("its counts are those of a summary", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), (records) => {
      const summary = summaryToWire(summarize(records as unknown as StepRecord[])) as Record<
        string,
        never
      >;
      const json = told(tallyOf(records));
      for (const key of [
        "runs",
        "started_at",
        "ended_at",
        "total_steps",
        "llm_call_count",
        "tool_call_count",
        "event_count",
        "unfinished_count",
        "error_count",
        "token_limit_count",
        "dropped_count",
        "tokens",
        "llm_calls_without_usage",
        "stop_reasons",
      ]) {
        expect(json[key], key).toEqual(summary[key]);
      }
      expect(json["percentiles"]).toMatchObject(withoutMeans(summary["percentiles"]));
      for (const key of ["by_tool", "by_model"])
        expect({ ...(json[key] as unknown as object) }).toMatchObject(withoutMeans(summary[key]));
    }),
    { numRuns: 300 },
  );
});

/** A mean is rounded, and tokens of models have other keys around them. */
function withoutMeans(value: unknown): object {
  return JSON.parse(
    JSON.stringify(value, (key, inner) =>
      key === "mean" || key === "calls_without_usage" ? undefined : inner,
    ),
  );
}

test("parts of a log that several threads have come to the same as all of it, in whatever order", () => {
  const records = madeRuns(12).flat();
  const whole = told(tallyOf(records));
  expect(whole["unfinished_count"]).toBe(3);
  fc.assert(
    fc.property(
      fc.array(fc.nat(records.length), { maxLength: 6 }),
      fc.array(fc.nat(), { minLength: 7, maxLength: 7 }),
      (cuts, order) => {
        const ends = [0, ...cuts.sort((a, b) => a - b), records.length];
        const states = ends
          .slice(1)
          .map((end, index) => structuredClone(tallyOf(records.slice(ends[index], end)).state()))
          .map((state, index) => ({ state, rank: order[index] ?? 0 }))
          .sort((a, b) => a.rank - b.rank);
        const merged = new LogTally(QUESTION);
        for (const { state } of states) merged.merge(state);
        expect(told(merged)).toEqual(whole);
      },
    ),
    { numRuns: 60 },
  );
});

test("only records of the time that is asked for count", () => {
  const records = madeRuns(6).flat();
  const since = 1_772_409_600 + 2 * 86_400;
  const until = since + 86_400;
  const some = records.filter(({ ts }) => Number(ts) >= since && Number(ts) < until);
  expect(told(tallyOf(records, { ...QUESTION, period: { since, until } }))).toEqual(
    told(tallyOf(some)),
  );
});

test("a run is for what the nearest run above it is for, and circles do no harm", () => {
  const start = (run_id: string, parent_run_id: string, task_type: string | null) => ({
    ...{ run_id, step: 0, type: "run_start", ts: 1e9, parent_run_id, task_type },
  });
  const json = told(
    tallyOf([
      start("a", "c", null),
      start("b", "a", null),
      start("c", "d", "audit"),
      start("x", "y", null),
      start("y", "x", null),
    ]),
  );
  expect(json["by_task_type"]).toMatchObject({ audit: { runs: 3 }, "(unknown)": { runs: 2 } });
});

test("of more than 100,000 runs the rest is summed up together, and nothing of it is lost", () => {
  const event = (run: number) => ({ run_id: `run-${run}`, step: 1, type: "event", ts: 1e9 });
  const records = Array.from({ length: 60_000 }, (_, run) => event(run));
  const others = Array.from({ length: 60_000 }, (_, run) => event(run + 50_000));
  const tally = tallyOf(records);
  tally.merge(tallyOf(others).state());
  expect(tally.runs.size).toBe(100_001);
  expect(tally.runs.get("(other)")?.events).toBe(10_000);
  expect(told(tally)).toMatchObject({ runs: 100_000, event_count: 120_000, has_other_runs: true });
});
