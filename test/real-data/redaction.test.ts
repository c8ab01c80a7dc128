import { beforeEach, describe, expect, test, vi } from "vitest";
import { memorySink } from "../../packages/core/src/index.ts";
import { FAKES } from "../../packages/core/test/redact/fake-credentials.ts";
import { otherFiles, skipWithoutData } from "./data-folder.ts";
import { type Difference, differences } from "./differences.ts";
import { expectedRecords } from "./expected-records.ts";
import type { RealRun, RealStep } from "./real-run.ts";
import { recordRuns } from "./record-runs.ts";
import { SOURCES } from "./sources.ts";

vi.setConfig({ testTimeout: 60_000 });
beforeEach(skipWithoutData);

describe.each(SOURCES)("redaction in the runs of %s", (_, read) => {
  test("changes nothing, as they hold no credential", () => {
    const runs = read();
    expect(changed(runs, runs)).toEqual([]);
  });

  test("replaces each credential put into them, and nothing around it", () => {
    const runs = read();
    const fakes = FAKES.filter(({ secret }) => !secret.includes("\n"));
    const planted = runs.map((run) => withTexts(run, (i) => pick(fakes, i).secret));
    const expected = runs.map((run) => withTexts(run, (i) => `[REDACTED:${pick(fakes, i).kind}]`));
    expect(changed(runs, planted).length).toBeGreaterThan(0);
    expect(changed(expected, planted)).toEqual([]);
  });
});

test("redaction in all other recordings replaces the signature of a signed URL, and nothing else", () => {
  const steps = otherFiles().map(({ name, data }): RealStep => ({ type: "event", name, data }));
  expect(steps.length).toBeGreaterThan(100);
  const run = { runId: "others", run: {}, steps };
  const found = changed([run], [run]);
  expect(found.map(markers)).toEqual([["[REDACTED:named]"]]);
  expect(found.map(({ after }) => String(after).match(/[&?]sig=.REDACTED/g))).toHaveLength(1);
});

/** Records runs with redaction on, and tells what in the records is not as in `expected`. */
function changed(expected: readonly RealRun[], runs: readonly RealRun[]): Difference[] {
  const sink = memorySink();
  const logs = recordRuns(runs, sink);
  const records = sink.records();
  const found = expected.flatMap((run) => {
    const own = records.filter((record) => record.run_id === run.runId);
    const wanted = expectedRecords(run);
    expect(own).toHaveLength(wanted.length);
    return wanted.flatMap((record, i) => differences(record, own[i]));
  });
  expect(logs.map((log) => log.stats().dropped)).toEqual(logs.map(() => 0));
  return found.filter(({ path }) => path !== "ts" && path !== "runtime");
}

/** The run with a line put behind the output of each tool. */
function withTexts(run: RealRun, textOf: (i: number) => string): RealRun {
  const steps = run.steps.map((step, i): RealStep => {
    if (step.type !== "tool_call") return { ...step };
    return { ...step, call: { ...step.call, output: [step.call.output, `$ echo ${textOf(i)}`] } };
  });
  return { ...run, steps };
}

function pick<T>(list: readonly T[], i: number): T {
  return list[i % list.length] as T;
}

function markers({ after }: Difference): string[] {
  return String(after).match(/\[REDACTED:[\w-]+\]/g) ?? [];
}
