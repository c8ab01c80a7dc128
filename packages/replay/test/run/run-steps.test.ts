import { memorySink, StepLog, type StepRecord } from "@step-log/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diff, formatDiff, Replay, replayTools } from "../../src/index.ts";

const toolCall = (step: number, ts: number, more: object = {}) =>
  ({ ...BASE, step, ts, type: "tool_call", tool: `t${step}`, ...more }) as unknown as StepRecord;
const BASE = { run_id: "r", input: {}, output: null, error: null, duration_ms: null };

describe("a run", () => {
  test("of several writers is in the order of time, each writer in that of its numbers", async () => {
    const records = [
      toolCall(1, 100),
      toolCall(1, 101, { writer: "w2", tool: "other" }),
      toolCall(2, 102),
      toolCall(2, 90, { writer: "w2", tool: "set-back" }), // its clock was set back meanwhile
      toolCall(3, 103),
    ];
    const replay = Replay.of(records);
    expect(replay.steps.map(({ name }) => name)).toEqual(["t1", "other", "set-back", "t2", "t3"]);
    expect(replay.byNumber(1)?.name).toBe("t1");
    expect(replay.byNumber(1, "w2")?.name).toBe("other");
  });

  test("that was resumed goes on behind what was left, with what never ended in its place", async () => {
    const sink = memorySink();
    const first = new StepLog({ sink, runId: "r" });
    await first.tool("a", {}, async () => 1);
    void first.tool("killed", {}, () => new Promise(() => {}));
    const second = new StepLog({ sink, runId: "r", resume: true });
    await second.tool("b", {}, async () => 2);
    await second.close();
    const replay = await Replay.open(sink, "r");
    expect(replay.steps.map(({ name, type, state }) => [name ?? type, state])).toEqual([
      ["run_start", "done"],
      ["a", "done"],
      ["killed", "unfinished"],
      ["b", "done"],
      ["run_end", "done"],
    ]);
    expect(replay.unfinished().map(({ name }) => name)).toEqual(["killed"]);
    // The process that made the call was gone by then.
    expect(replay.contextAt(3)?.running).toEqual([]);
    expect(replay.tree().map(({ parallel }) => parallel)).not.toContain(true);
  });

  test("whose writer began to count anew, as Python's does, loses nothing", () => {
    const records = [toolCall(1, 10), toolCall(2, 11), toolCall(1, 20), toolCall(2, 21)];
    const replay = Replay.of(records);
    expect(replay.steps.map(({ record }) => record.ts)).toEqual([10, 11, 20, 21]);
    expect(replay.duplicates).toBe(0);
  });

  test("that is read twice counts once", async () => {
    const records = [toolCall(1, 10), toolCall(2, 11), toolCall(1, 20)];
    const replay = Replay.of([...records, ...records]);
    expect(replay.length).toBe(3);
    expect(replay.duplicates).toBe(3);
    expect(replay.summary().toolCallCount).toBe(3);
  });

  test("has steps of types that are not known, and counts what is no record", () => {
    const bad = { type: "bad_line", offset: 3, bytes: 9, reason: "cut" } as const;
    const strange = { run_id: "r", step: 1, ts: 1, type: "handoff", to: "b" } as never;
    const replay = Replay.of([strange, bad, null as never, 7 as never, toolCall(2, 2)]);
    expect(replay.steps.map(({ type }) => type)).toEqual(["handoff", "tool_call"]);
    expect(replay.badLines[0]).toEqual(bad);
    expect(replay.summary().badLines).toBe(3);
  });

  test("whose ends are read before their beginnings is whole", () => {
    const start = toolCall(1, 5, { type: "step_start", of: "tool_call" });
    const replay = Replay.of([toolCall(1, 9, { duration_ms: 4000 }), start]);
    expect(replay.steps).toMatchObject([{ state: "done", start, startedAt: 5, endedAt: 9 }]);
  });
});

test("parallel calls stand in the order in which they began, not that in which they ended", async () => {
  const sink = memorySink();
  const log = new StepLog({ sink, runId: "r" });
  const gates = [gate(), gate()];
  const calls = gates.map(({ opened }, i) => log.tool(`t${i}`, {}, () => opened));
  gates[1]?.open();
  await calls[1];
  log.recordEvent("between");
  gates[0]?.open();
  await Promise.all(calls);
  log.recordEvent("after");
  await log.close();
  const replay = await Replay.open(sink, "r");
  expect(replay.steps.map(({ name }) => name)).toEqual([
    null,
    "t0",
    "t1",
    "between",
    "after",
    null,
  ]);
  const parallel = replay.tree().filter((node) => node.parallel);
  expect(parallel.map(({ step }) => step.name)).toEqual(["t0", "t1", "between"]);
  expect(replay.contextAt(3)?.running.map(({ name }) => name)).toEqual(["t0"]);
  expect(
    replay
      .contextAt(3)
      ?.finished()
      .map(({ name }) => name),
  ).toEqual([null, "t1"]);
  expect(replay.contextAt(4)?.running).toEqual([]);
});

function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test("nothing that a log may hold throws, and no step is lost", () => {
  const key = fc.constantFrom(
    ...["writer", "parent_step", "error", "tool", "model", "name", "input", "output", "status"],
    ...["duration_ms", "input_tokens", "of", "request", "error_context", "tags", "__proto__"],
  );
  const type = fc.constantFrom(
    ...["run_start", "llm_call", "tool_call", "step_start", "event", "run_end", "wire_call"],
    ...["log_dropped", "constructor"],
  );
  const record = fc
    .tuple(type, fc.nat(6), fc.constantFrom(0, 1, 2, -5, 1e300), fc.dictionary(key, fc.jsonValue()))
    .map(([type, step, ts, more]) => ({ ...more, run_id: "r", type, step, ts }) as never);
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 30 }), (records) => {
      const replay = Replay.of(records, { costOf: () => 0.1 });
      for (const [i, step] of replay.steps.entries()) {
        expect(step.index).toBe(i);
        const context = replay.contextAt(i);
        expect(context?.finished().length).toBeLessThanOrEqual(records.length);
      }
      const nodes = [...replay.tree()];
      for (const node of nodes) nodes.push(...node.children);
      expect(new Set(nodes.map(({ step }) => step)).size).toBe(replay.length);
      replay.errors();
      replay.slowest();
      replay.heaviest();
      formatDiff(diff(replay, Replay.of(records.toReversed())));
      expect(diff(replay, Replay.of(records)).same).toBe(true);
      replayTools(replay).unused();
    }),
    { numRuns: 500 },
  );
});
