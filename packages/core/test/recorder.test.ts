import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type Entry,
  memorySink,
  recordIssues,
  StepLog,
  type StepLogError,
  type StepLogOptions,
  type StepRecord,
} from "../src/index.ts";
import { sinkWith } from "./entries.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** A log without a header that hears of its problems. */
function logged(options: Partial<StepLogOptions> = {}) {
  const sink = memorySink();
  const errors: StepLogError[] = [];
  const log = new StepLog({
    runId: "r1",
    run: false,
    onError: (error) => errors.push(error),
    sink,
    ...options,
  });
  return { log, sink, errors };
}

/** A sink that throws until it is mended. */
function moodySink() {
  const memory = memorySink();
  let bad = true;
  const sink = sinkWith({
    name: "moody",
    write(entry) {
      if (bad) throw new Error("bad mood");
      memory.write(entry);
    },
  });
  const mend = () => {
    bad = false;
  };
  return { sink, records: () => memory.records(), mend };
}

describe("the way to the sink", () => {
  test("an entry has the record, its line, its run and its step", () => {
    const entries: Entry[] = [];
    const { log } = logged({ sink: sinkWith({ write: (entry) => entries.push(entry) }) });
    log.recordEvent("e", { a: 1 });
    const { record, line, ...rest } = entries[0] as Entry;
    expect(rest).toEqual({ runId: "r1", step: 1 });
    expect(line).toBe(`${JSON.stringify(record)}\n`);
    expect(record).toMatchObject({ type: "event", data: { a: 1 } });
  });

  test("a record says what its line says, also where that had to be repaired", () => {
    const entries: Entry[] = [];
    const { log } = logged({ sink: sinkWith({ write: (entry) => entries.push(entry) }) });
    log.recordEvent("e", { "\ud800": "a\udc00" });
    expect(entries[0]?.record).toEqual(JSON.parse(entries[0]?.line ?? ""));
    expect(entries[0]?.record).toMatchObject({ data: { "\ufffd": "a\ufffd" } });
  });

  test("a record is made before what is recorded by a getter in it", () => {
    const { log, sink } = logged();
    log.recordEvent("outer", {
      get inner() {
        return log.recordEvent("inner", "x");
      },
    });
    expect(sink.records()).toMatchObject([
      { step: 2, name: "inner", data: "x" },
      { step: 1, name: "outer", data: { inner: 2 } },
    ]);
  });
});

describe("what is lost", () => {
  test("is told to onError, counted, and told by the log as soon as writing works again", () => {
    const { sink, records, mend } = moodySink();
    const { log, errors } = logged({ sink });
    log.recordEvent("a");
    log.recordEvent("b");
    expect(errors).toMatchObject([
      {
        code: "SINK_FAILED",
        lost: 1,
        message: "sink moody threw; a sink must not",
        cause: { message: "bad mood" },
      },
      { code: "SINK_FAILED", lost: 1 },
    ]);
    mend();
    log.recordEvent("c");
    log.recordEvent("d");
    expect(records()).toEqual([
      {
        run_id: "r1",
        step: 2,
        type: "log_dropped",
        count: 2,
        bytes: 0,
        reason: "not recordable",
        ts: expect.any(Number),
      },
      expect.objectContaining({ step: 3, name: "c" }),
      expect.objectContaining({ step: 4, name: "d" }),
    ]);
    expect(log.stats()).toMatchObject({ recorded: 3, dropped: 2 });
    expect(log.summarize().droppedCount).toBe(2);
  });

  test("is counted once, however often it could not be told", () => {
    const { sink, records, mend } = moodySink();
    const { log } = logged({ sink });
    for (let i = 0; i < 10; i++) log.recordEvent("lost");
    expect(log.stats().dropped).toBe(10);
    mend();
    log.end();
    log.recordEvent("kept");
    expect(records()[0]).toMatchObject({ type: "log_dropped", count: 10 });
    expect(records()).toHaveLength(2);
  });

  test("stands under the writer of the log", () => {
    const { sink, records, mend } = moodySink();
    const { log } = logged({ sink, writer: "w1" });
    log.recordEvent("lost");
    mend();
    log.recordEvent("kept");
    expect(records()).toMatchObject([{ type: "log_dropped", writer: "w1" }, { writer: "w1" }]);
  });

  test("is what was given in a way that cannot be meant", () => {
    const { log, errors } = logged();
    expect(log.recordToolCall(undefined as never)).toBe(1);
    expect(log.recordEvent("e", 1, null as never)).toBe(2);
    log.recordEvent("e");
    expect(errors.map(({ code, message }) => [code, message])).toEqual([
      ["RECORD_FAILED", "tool_call 1 of run r1 could not be recorded"],
      ["RECORD_FAILED", "event 2 of run r1 could not be recorded"],
    ]);
    expect(log.stats()).toMatchObject({ dropped: 2 });
  });
});

describe("a redact function of one's own", () => {
  test("gets the record as plain data, and what it returns is stored", () => {
    const redact = vi.fn(
      (record: StepRecord): StepRecord => ({ ...record, data: "hidden" }) as StepRecord,
    );
    const { log, sink } = logged({ redact });
    log.recordEvent("e", { password: "hunter2", when: new Date(0) });
    expect(redact.mock.calls[0]?.[0]).toMatchObject({
      type: "event",
      data: { password: "hunter2", when: "1970-01-01T00:00:00.000Z" },
    });
    expect(sink.records()).toMatchObject([{ step: 1, name: "e", data: "hidden" }]);
  });

  test("takes the place of the one that is built in, and may change what it gets", () => {
    const redact = (record: StepRecord) => {
      if (record.type === "tool_call" || record.type === "step_start")
        Reflect.set(record, "input", `<${record.input}>`);
      return record;
    };
    const { log, sink } = logged({ redact });
    void log.tool("t", "token=a1b2c3d4e5f6g7h8", () => 1);
    // The start and the end of a step hold the same input, and each goes through it once.
    expect(sink.records()).toMatchObject([
      { input: "<token=a1b2c3d4e5f6g7h8>" },
      { input: "<token=a1b2c3d4e5f6g7h8>" },
    ]);
  });

  test("does not change who recorded, what and when, neither in what it gets nor in what it gives", () => {
    for (const redact of [
      (record: StepRecord) => Object.assign(record, { run_id: "x", step: 99, type: "y", ts: 0 }),
      (record: StepRecord) => ({ ...record, run_id: "x", step: 99, type: "y", ts: 0 }),
    ]) {
      const { log, sink } = logged({ redact: redact as (record: StepRecord) => StepRecord });
      log.recordEvent("e");
      expect(sink.records()).toMatchObject([{ run_id: "r1", step: 1, type: "event" }]);
      expect(sink.records()[0]?.ts).toBeGreaterThan(1e9);
    }
  });

  test.each<[string, (record: StepRecord) => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["returns nothing", () => undefined],
    ["returns a text", () => "record"],
  ])("that %s loses the record, rather than let it pass as it is", (_, redact) => {
    const { log, sink, errors } = logged({ redact: redact as () => StepRecord });
    log.recordEvent("e", "secret");
    expect(sink.lines).toEqual([]);
    expect(errors).toMatchObject([{ code: "RECORD_FAILED", lost: 1 }]);
    expect(log.stats().dropped).toBe(1);
  });

  test("may return what JSON cannot carry", () => {
    const redact = (record: StepRecord) => {
      const data: Record<string, unknown> = { big: 1n, date: new Date(0) };
      data["self"] = data;
      return { ...record, data } as unknown as StepRecord;
    };
    const { log, sink } = logged({ redact });
    log.recordEvent("e");
    expect(sink.records()).toMatchObject([
      { data: { big: "1", date: "1970-01-01T00:00:00.000Z", self: "[Circular]" } },
    ]);
  });

  test("may return more than a record may take, which is cut", () => {
    const redact = (record: StepRecord) => ({ ...record, data: "€".repeat(5000) }) as StepRecord;
    const { log, sink } = logged({ redact, payload: { maxBytes: 1000 } });
    log.recordEvent("e");
    expect(sink.records()[0]?.truncated).toEqual([
      { path: "/data", bytes: 15_000, sha256: sha256("€".repeat(5000)) },
    ]);
    expect(Buffer.byteLength(sink.lines[0] ?? "")).toBeLessThan(2000);
  });
});

describe("payload.maxBytes", () => {
  const MARKER = "…[truncated]";

  test("cuts what is too long, marks it, and says what it was", () => {
    const { log, sink } = logged({ payload: { maxBytes: 1000 } });
    const text = "The quick brown fox. ".repeat(500);
    log.recordToolCall({ tool: "read", input: { path: "a.txt" }, output: { text } });
    const record = sink.records()[0] as StepRecord & { output: { text: string } };
    expect(record.output.text.endsWith(MARKER)).toBe(true);
    expect(text.startsWith(record.output.text.slice(0, -MARKER.length))).toBe(true);
    expect(record.truncated).toEqual([
      { path: "/output/text", bytes: text.length, sha256: sha256(text) },
    ]);
    expect(record).toMatchObject({ tool: "read", input: { path: "a.txt" }, error: null });
  });

  test.each<[string, string]>([
    ["one byte each", "x"],
    ["quotes, which double", '"'],
    ["controls, which become six bytes", "\u0001"],
    ["what core escapes beyond JSON", "\u2028"],
    ["three bytes each", "€"],
    ["four bytes each", "😀"],
  ])("is one of bytes of the line: %s", (_, character) => {
    const { log, sink } = logged({ payload: { maxBytes: 10_000 } });
    const text = `${character.repeat(9)} `.repeat(5000);
    log.recordEvent("e", text);
    const [line = ""] = sink.lines;
    expect(Buffer.byteLength(line)).toBeLessThan(10_000 + 1024);
    // As much as there is room for, but for a word.
    expect(Buffer.byteLength(line)).toBeGreaterThan(9_000);
    expect(sink.records()[0]?.truncated).toEqual([
      { path: "/data", bytes: Buffer.byteLength(text), sha256: sha256(text) },
    ]);
  });

  test("says of a value that was cut by its length and again by its size what it was at first", () => {
    const { log, sink } = logged({ payload: { maxBytes: 1000 } });
    const text = "€".repeat(5000);
    log.recordEvent("e", { a: text, b: "left out" });
    expect(sink.records()[0]?.truncated).toEqual([
      { path: "/data/a", bytes: 15_000, sha256: sha256(text) },
      { path: "/data", bytes: null, sha256: null },
    ]);
  });

  test("leaves room for the output beside an input, and for the error beside both", () => {
    const long = "word ".repeat(100_000);
    const { log, sink } = logged({ payload: { maxBytes: 10_000 } });
    log.recordToolCall({ tool: "t", input: long, output: "short" });
    log.recordToolCall({
      tool: "t",
      input: long,
      output: long,
      error: new Error("what went wrong"),
    });
    log.recordToolCall({ tool: "t", input: `€${long}`, error: new Error("what went wrong") });
    void log.tool("t", long, () => "short");
    expect(sink.records()).toMatchObject([
      { output: "short" },
      { error: "what went wrong", error_context: { type: "Error", frames: expect.any(Array) } },
      { error: "what went wrong", error_context: { type: "Error", frames: expect.any(Array) } },
      { type: "step_start" },
      { output: "short" },
    ]);
  });

  test("leaves the header, tags and the end of a run in their shape, however small it is", () => {
    const sink = memorySink();
    const long = "€".repeat(1000);
    const log = new StepLog({
      sink,
      payload: { maxBytes: 1 },
      tags: { long },
      run: { agent: { name: long, version: long }, taskType: long, metadata: { long } },
    });
    log.recordLlmCall({
      model: long,
      usage: { long },
      error: new Error(long, { cause: new Error(long) }),
    });
    void log.tool(long, long, () => long, { tags: { own: long } });
    log.end({ error: new Error(long) });
    expect(log.stats().dropped).toBe(0);
    for (const record of sink.records()) expect(recordIssues(record)).toEqual([]);
    for (const line of sink.lines) expect(Buffer.byteLength(line)).toBeLessThan(8_192);
    expect(sink.records().map(({ type }) => type)).toEqual([
      "run_start",
      "llm_call",
      "step_start",
      "tool_call",
      "run_end",
    ]);
  });

  test("is 1 MiB by default", () => {
    const { log, sink } = logged();
    log.recordEvent("fits", "x".repeat(1024 * 1024 - 10));
    log.recordEvent("not", "x".repeat(1024 * 1024));
    expect(sink.records().map(({ truncated }) => truncated?.length ?? 0)).toEqual([0, 1]);
  });
});

describe("any value like JSON", () => {
  const value = fc.jsonValue({ stringUnit: "binary", maxDepth: 5 });

  test("is stored as it is where there is room", () => {
    fc.assert(
      fc.property(value, (json) => {
        const { log, sink } = logged({ redact: false });
        log.recordEvent("e", json);
        expect(log.stats()).toMatchObject({ recorded: 1, dropped: 0, truncated: 0 });
        const { data } = JSON.parse(sink.lines[0] ?? "");
        expect(JSON.stringify(data)).toBe(JSON.stringify(json));
      }),
      { numRuns: 500 },
    );
  });

  test("becomes a valid line of a bounded size where there is none", () => {
    const text = fc.string({ unit: "binary", maxLength: 2000 });
    const large = fc.oneof(value, text, fc.dictionary(text, fc.array(text)));
    fc.assert(
      fc.property(large, large, fc.integer({ min: 1, max: 3000 }), (input, output, maxBytes) => {
        const { log, sink } = logged({ payload: { maxBytes }, redact: false });
        log.recordToolCall({ tool: "t", input, output });
        const [line = ""] = sink.lines;
        const record = JSON.parse(line);
        expect(recordIssues(record)).toEqual([]);
        // 512 for the record's own keys, 8 KiB for what was cut.
        expect(Buffer.byteLength(line)).toBeLessThan(maxBytes + 512 + 8_192);
        if (record.truncated === undefined) {
          expect(JSON.stringify([record.input, record.output])).toBe(
            JSON.stringify([input, output]),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
