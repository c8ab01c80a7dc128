import type { Entry, StepRecord } from "@step-log/core";

/** What a test entry is made of. */
export interface TestEntryOptions {
  readonly runId: string;
  readonly step: number;
  /** Keys to add to the record, or to put in the place of the standard ones. */
  readonly record?: Readonly<Record<string, unknown>>;
}

// 22 May 2025, 17:20 UTC: far enough from now that a mistaken "now" is seen.
const FIRST_SECOND = 1_747_934_400;

// Control characters and those that turn the direction of text: well-formed JSON, but core escapes them.
const ESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Makes an entry as core does, with `record`, `line` and `bytes` that are read and not copied along by
 * `{ ...entry }`: `{"run_id":"r1","step":1,"type":"event","ts":…,"name":"test","data":null}\n`.
 *
 * The same options give the same entry.
 */
export function testEntry(options: TestEntryOptions): Entry {
  const { runId, step } = options;
  const record = {
    run_id: runId,
    step,
    type: "event",
    ts: FIRST_SECOND + step / 1000,
    name: "test",
    data: null,
    ...options.record,
  } as StepRecord;
  return new TestEntry(runId, step, record);
}

/** Makes `count` entries of one run, each unlike the others, with steps from `firstStep` (1). */
export function testRun(runId: string, count: number, firstStep = 1): Entry[] {
  return Array.from({ length: count }, (_, index) => {
    const step = firstStep + index;
    return testEntry({ runId, step, record: { name: `step ${step}`, data: { index } } });
  });
}

class TestEntry implements Entry {
  readonly runId: string;
  readonly step: number;
  readonly #record: StepRecord;
  readonly #line: string;

  constructor(runId: string, step: number, record: StepRecord) {
    this.runId = runId;
    this.step = step;
    this.#record = record;
    this.#line = `${JSON.stringify(record).replace(ESCAPED, escapeUnit)}\n`;
  }

  get record(): StepRecord {
    return this.#record;
  }

  get line(): string {
    return this.#line;
  }

  get bytes(): Uint8Array {
    return new TextEncoder().encode(this.#line);
  }
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
