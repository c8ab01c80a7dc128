import { describe, expect, it } from "vitest";
import { recordIssues, recordProblem } from "../../src/schema/validate-record.ts";

const tool = {
  run_id: "run-1",
  step: 1,
  type: "tool_call",
  tool: "search",
  input: null,
  output: null,
  error: null,
  duration_ms: 240,
  ts: 1,
};

describe("recordProblem", () => {
  it("finds none in a valid record, nor in one of an unknown type or with unknown keys", () => {
    expect(recordProblem(tool)).toBeUndefined();
    expect(recordProblem({ ...tool, colour: "red" })).toBeUndefined();
    expect(recordProblem({ run_id: "", step: 0, type: "constructor", ts: 1 })).toBeUndefined();
  });

  it.each([
    [{ ...tool, step: "x" }, 'step: expected a whole number from 0, got "x"'],
    [{ ...tool, step: -1 }, "step: expected a whole number from 0, got -1"],
    [{ ...tool, step: 1.5 }, "step: expected a whole number from 0, got 1.5"],
    [{ ...tool, run_id: undefined }, "run_id: missing"],
    [{ ...tool, ts: Number.NaN }, "ts: expected a number, got NaN"],
    [{ ...tool, ts: null }, "ts: expected a number, got null"],
    [{ ...tool, type: "bad_line" }, 'type: expected text other than "bad_line", got "bad_line"'],
    [{ ...tool, duration_ms: -1 }, "duration_ms: expected a number from 0 or null, got -1"],
    [{ ...tool, error: [] }, "error: expected text or null, got a list"],
    [{ ...tool, input: undefined }, "input: missing"],
    [{ ...tool, tags: { a: 1 } }, "tags: expected an object of texts, got an object"],
    [{ ...tool, truncated: {} }, "truncated: expected a list, got an object"],
    [{ ...tool, truncated: [5] }, "truncated.0: expected an object, got 5"],
    [{ ...tool, type: "step_start", of: "event" }, 'of: expected llm_call/tool_call, got "event"'],
    [[], "record: expected an object, got a list"],
    [null, "record: expected an object, got null"],
    ["text", 'record: expected an object, got "text"'],
  ])("says of %j: %s", (record, problem) => {
    expect(recordProblem(record)).toBe(problem);
  });

  it("quotes a stranger's text short and printable", () => {
    const message = recordProblem({ ...tool, step: `\u001b[2J\u202e\ud800${"x".repeat(1e6)}` });
    expect(message).toMatch(/^[ -~]{1,120}$/);
  });
});

describe("recordIssues", () => {
  it("tells of 20 issues at most", () => {
    const truncated = new Array(100_000).fill(null);
    expect(recordIssues({ ...tool, truncated })).toHaveLength(20);
  });

  it("does not overflow on causes without end", () => {
    let cause: unknown = null;
    for (let depth = 0; depth < 100_000; depth++) {
      cause = { type: "Error", message: "", code: null, frames: [], cause };
    }
    expect(recordIssues({ ...tool, error_context: cause })).toEqual([]);
  });
});
