import { isUtf8 } from "node:buffer";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { StepLog, type Summary, summarize } from "@step-log/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fsSink } from "../../src/fs-sink.ts";
import { type FsSourceOptions, fsSource } from "../../src/read/fs-source.ts";
import { LineScanner } from "../../src/read/scan/line-scanner.ts";
import { scannable } from "../../src/read/scan/scannable.ts";
import { FIELDS } from "../../src/read/scan/scanned-line.ts";
import { fileWith, folderWith, line } from "./test-log.ts";

/** The summary, or what was thrown instead. */
async function outcome(summary: Promise<Summary>): Promise<unknown> {
  return summary.catch((error: unknown) => String(error));
}

/** Sums a location up in both ways, which have to agree; gives the summary. */
async function summed(
  location: string,
  options: FsSourceOptions = {},
  runIds: readonly string[] = [],
): Promise<unknown> {
  const source = fsSource(location, options);
  for (const runId of runIds) {
    const parsed = await outcome(summarize(source.read(runId)));
    expect(await outcome(source.summary({ runId })), runId).toEqual(parsed);
  }
  const summary = await outcome(source.summary());
  expect(summary).toEqual(await outcome(summarize(source.readAll())));
  return summary;
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    "",
    "search",
    "gpt-5",
    "end_turn",
    "max_tokens",
    '"ts":1}',
    '{"run_id":"a","step":1',
    '","error":null,"duration_ms":1,"ts":1}',
    ',"tool":"save","input":{},"ts":2}',
    'say \\"ts\\":3, \\\\" and \b\f\r\t/',
    "a\\",
    "\\u0041",
    "é☕🛫",
    "a\u2028b\u0000c\n",
    "x".repeat(100),
  ),
);
const number = fc.oneof(
  fc.nat(5000),
  fc.double(),
  fc.constantFrom(0, -0, -1, 1e21, 5e-324, 1.5, 0.1, 1748107200.123, 2 ** 53, 123456789.1234567),
);

function mostly<T>(usual: fc.Arbitrary<T>, ...others: fc.Arbitrary<unknown>[]) {
  return fc.oneof({ weight: 12, arbitrary: usual }, ...others);
}

const record = fc
  .record(
    {
      run_id: mostly(fc.constantFrom("a", "b", "run-1"), text, fc.constant(null)),
      step: mostly(fc.nat(9), number),
      type: mostly(
        fc.constantFrom("llm_call", "tool_call", "step_start", "event", "run_end", "log_dropped"),
        text,
      ),
      writer: mostly(fc.constant("w1"), text),
      tags: fc.dictionary(text, text, { maxKeys: 2 }),
      tool: mostly(fc.constantFrom("search", "read_file"), text, number),
      model: mostly(fc.constantFrom("gpt-5", "claude"), text, fc.constant(null)),
      input: fc.jsonValue(),
      output: fc.jsonValue(),
      data: fc.array(fc.record({ run_id: text, step: number, error: text, ts: number }), {
        maxLength: 2,
      }),
      input_tokens: mostly(fc.nat(), fc.constant(null), text),
      output_tokens: fc.oneof(fc.nat(), fc.constant(null)),
      cache_read_tokens: fc.nat(),
      stop_reason: mostly(fc.constantFrom("end_turn", "length"), text, fc.constant(null)),
      error: fc.oneof(fc.constant(null), fc.jsonValue()),
      count: number,
      status: fc.constantFrom("ok", "error", "cancelled", "strange"),
      duration_ms: fc.oneof(number, fc.constant(null)),
      ts: mostly(fc.constant(1_748_107_200.5), number),
    },
    { requiredKeys: ["run_id", "step", "type", "ts"] },
  )
  .chain((fields) => fc.tuple(fc.constant(fields), fc.boolean(), fc.nat()))
  .map(([fields, isShuffled, turn]) => {
    const entries = Object.entries(fields);
    const at = turn % entries.length;
    return Object.fromEntries(
      isShuffled ? [...entries.slice(at), ...entries.slice(0, at)] : entries,
    );
  });

const written = fc.oneof(
  { weight: 8, arbitrary: record.map((fields) => `${JSON.stringify(fields)}\n`) },
  fc.constantFrom(line("a", 1), line("b", 2, { type: "tool_call", tool: "t", error: null })),
  record.map((fields) => `${JSON.stringify(fields, null, " ").replaceAll("\n", "")}\n`),
  record.map((fields) => `${JSON.stringify(fields)}\r\n`),
  record.map((fields) => `{"ts":1,"ts":2,"step":7,${JSON.stringify(fields).slice(1)}\n`),
  record.map((fields) => `${JSON.stringify(fields).slice(0, -1)},"tool":"again","error":"late"}\n`),
  record.map((fields) => `${JSON.stringify(fields).replace('"t', '"\\u0074')}\n`),
  record.map((fields) => `${JSON.stringify(fields).replaceAll(/(\d)([,}])/g, "$1e0$2")}\n`),
  record.map((fields) => `${JSON.stringify({ input: fields, ...fields, output: [fields] })}\n`),
  fc.constantFrom("\n", "  \n", "\ufeff", "null\n", "[]\n", '{"a":01}\n', '{"a":1.}\n'),
);

interface Damage {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(),
  cut: fc.nat(12),
  put: fc.constantFrom("", "", "\0\0", '"', "\\", "{", "}", ",", "\n", "0", "-", "e", "null", "\t"),
});

/** The bytes with some of them cut out, or others put between them. */
function damaged(content: Buffer, { at, cut, put }: Damage): Buffer {
  const start = at % (content.length + 1);
  return Buffer.concat([
    content.subarray(0, start),
    Buffer.from(put),
    content.subarray(start + cut),
  ]);
}

test("whatever the lines and what became of them, the summary is that of the records", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(written, { maxLength: 12 }),
      fc.array(damage, { maxLength: 3 }),
      fc.constantFrom("salvage" as const, "tail" as const, "strict" as const),
      fc.constantFrom(64 * 2 ** 20, 150),
      async (lines, damages, mode, maxLineBytes) => {
        const content = damages.reduce(damaged, Buffer.from(lines.join("")));
        await summed(fileWith(content), { mode, maxLineBytes }, ["a", "b"]);
      },
    ),
    { numRuns: 300 },
  );
});

/** All that a scanner has read of a line. */
function shown({ record }: LineScanner): Record<string, unknown> {
  return Object.fromEntries(FIELDS.map((key) => [key, record[key]]));
}

test("a line that is scanned has what JSON.parse finds in it, and is one that it takes", () => {
  let scanned = 0;
  fc.assert(
    fc.property(written, fc.option(damage), (given, spoilt) => {
      const content = Buffer.from(given);
      const bytes = Buffer.alloc(content.length + 13, "\n");
      const length = (spoilt === null ? content : damaged(content, spoilt)).copy(bytes);
      const lines = scannable(bytes.subarray(0, length + 1));
      if (lines === undefined || !isUtf8(bytes)) return;
      const scanner = new LineScanner();
      const end = scanner.scan(lines, 0);
      const first = shown(scanner);
      // Now it knows the keys.
      expect(scanner.scan(lines, 0)).toBe(end);
      if (end < 0) return;
      scanned++;
      expect(shown(scanner)).toEqual(first);
      const parsed = JSON.parse(bytes.toString("utf8", 0, end));
      const flags = ["error", "usage", "tags"];
      for (const [key, found] of Object.entries(first)) {
        if (flags.includes(key))
          expect(found, key).toBe((parsed[key] ?? null) === null ? parsed[key] : true);
        else if (typeof found !== "number") expect(found, key).toBe(parsed[key]);
        else if (Number.isNaN(found))
          expect([null, undefined, Infinity, -Infinity]).toContain(parsed[key]);
        else expect(found, key).toBe(key === "duration_ms" ? (parsed[key] ?? 0) : parsed[key]);
      }
    }),
    { numRuns: 3_000 },
  );
  expect(scanned).toBeGreaterThan(300);
});

describe("lines of the writer", () => {
  test("are all scanned, but for few", async () => {
    const path = join(folderWith(), "agent-steps.jsonl");
    const sink = fsSink(path);
    const log = new StepLog({ runId: "run-1", sink });
    for (let step = 0; step < 20; step++) {
      await log.tool("search", { query: `é ${step}`, n: [1, { a: "\n" }] }, async () => ({ step }));
      log.recordLlmCall({ model: "gpt-5", inputTokens: step, outputTokens: 1, stopReason: "stop" });
      log.recordEvent("note", { run_id: "other", step, ts: 1 });
      log.recordToolCall({ tool: "save", input: null, error: new Error("disk full") });
    }
    await log.close();
    await sink.close();
    const bytes = Buffer.concat([readFileSync(path), Buffer.alloc(8)]);
    const length = bytes.lastIndexOf("\n") + 1;
    const lines = scannable(bytes.subarray(0, length));
    if (lines === undefined) throw new Error("no line end");
    const scanner = new LineScanner();
    let scanned = 0;
    for (let at = 0; at < length; at = bytes.indexOf("\n", at) + 1) {
      if (scanner.scan(lines, at) >= 0) scanned++;
    }
    expect(scanned).toBe(String(bytes).split("\n").length - 1);
    expect(await summed(path, {}, ["run-1", "run-2"])).toMatchObject({
      runs: 1,
      toolCallCount: 40,
      llmCallCount: 20,
      eventCount: 20,
      errorCount: 20,
      status: "ok",
    });
  });

  test("end a run as the last of them says, whether it was scanned or parsed", async () => {
    const end = (status: string) => line("a", 9, { type: "run_end", status });
    const spaced = end("error").replaceAll(":", ": ");
    expect(await summed(fileWith(end("ok"), spaced))).toMatchObject({ status: "error" });
    expect(await summed(fileWith(spaced, end("ok")))).toMatchObject({ status: "ok" });
  });

  test("without a duration, or with one that is null or endless, are as long as others have it", async () => {
    const ts = 1_000.000_000_4;
    const lines = ["event", "tool_call", "llm_call"].flatMap((type) =>
      [{}, { duration_ms: null }, { duration_ms: 7e300 }, { duration_ms: 3 }].map((more) =>
        line("a", 1, { type, ts, ...more, last: 1 }).replace("7e+300", "1e999"),
      ),
    );
    for (const one of lines) await summed(fileWith(one));
    expect(await summed(fileWith(...lines))).toMatchObject({ totalSteps: 12 });
  });

  test("that are long, and come in many pieces, are summed up too", async () => {
    const long = line("a", 1, { data: { text: 'long \\ " é '.repeat(50_000) } });
    expect(await summed(fileWith(long, line("a", 2), long))).toMatchObject({ eventCount: 3 });
  });
});

test("what was put aside, packed, and files of single processes are part of it", async () => {
  const folder = folderWith({
    "agent-steps.20261122T184500123Z.jsonl.gz": gzipSync(line("a", 1) + line("b", 1)),
    "agent-steps.20261122T184501123Z.jsonl": `${line("a", 2)}{"run_id":"a"\n`,
    "agent-steps.jsonl": line("a", 3),
    "agent-steps.4711-0a1b2c3d.jsonl": line("a", 4, { ts: 2 }) + line("b", 2),
    "c.jsonl": line("c", 1),
  });
  const file = join(folder, "agent-steps.jsonl");
  expect(await summed(file, {}, ["a", "b"])).toMatchObject({ runs: 2, eventCount: 6, badLines: 1 });
  expect(await summed(folder, {}, ["a", "c"])).toMatchObject({ runs: 3, eventCount: 7 });
});

test("more kinds of lines than it keeps in mind are summed up all the same", async () => {
  const lines = Array.from({ length: 2_500 }, (_, step) => line("a", step, { [`key${step}`]: 1 }));
  const tools = Array.from({ length: 100 }, (_, step) =>
    line(`run-${step % 50}`, step, { type: "tool_call", tool: `tool-${step % 70}` }),
  );
  expect(await summed(fileWith(...lines, ...tools))).toMatchObject({ eventCount: 2_500, runs: 51 });
});

test("long texts are summed up whether they have few escapes, or many, or wrong ones", async () => {
  const texts = ['prose of "some" length\n', "\n\t\\", "\u0001é\b\f", '{"a":"\\"}'];
  const lines = texts.map((text, step) => line("a", step, { data: text.repeat(400) }));
  const wrong = lines.map((one) => one.replace(/\\.(?=[^\\]*$)/, "\\x"));
  expect(await summed(fileWith(...lines, ...wrong))).toMatchObject({ eventCount: 4, badLines: 4 });
});

test("more tools than it tells apart, and runs side by side, are summed up all the same", async () => {
  const lines = Array.from({ length: 1_000 }, (_, step) =>
    line(`run-${step % 300}`, step, {
      type: "tool_call",
      tool: `tool-${step % 200}`,
      ...(step % 3 === 0 && { writer: `w${step % 40}` }),
      ...{ input: null, output: step, error: step % 7 === 0 ? "failed" : null, duration_ms: step },
    }),
  );
  expect(await summed(fileWith(...lines), {}, ["run-7"])).toMatchObject({
    runs: 300,
    toolCallCount: 1_000,
    errorCount: 143,
    byTool: { "tool-199": { calls: 5 } },
  });
});

test("a name at the end of a line is found there, however short it is", async () => {
  const calls = ["", "a", "é", "tool"].map((tool, step) =>
    line("a", step, { type: "tool_call", duration_ms: 1, tool }),
  );
  const { byTool } = (await summed(fileWith(...calls, ...calls))) as Summary;
  expect(Object.keys(byTool)).toEqual(["", "a", "é", "tool"]);
});

test("a flag that was there in one line, and is null in the next, is told apart", async () => {
  const call = (error: unknown, more = {}) =>
    line("a", 1, { type: "tool_call", tool: "t", duration_ms: 1, error, ...more });
  for (const more of [{}, { last: 1 }]) {
    const lines = [call("failed", more), call(null, more), call({ a: 1 }, more), call(false, more)];
    expect(await summed(fileWith(...lines))).toMatchObject({ toolCallCount: 4, errorCount: 3 });
    expect(await summed(fileWith(...lines.reverse()))).toMatchObject({ errorCount: 3 });
  }
});

test("of names as long as lines it keeps none in mind", async () => {
  const long = "x".repeat(100_000);
  const lines = [
    line(long, 1),
    line("a", 1, { type: "tool_call", tool: long }),
    line("a", 2, { [long]: 1 }),
    line("a", 3, { type: long, last: 1 }),
  ];
  const scanner = new LineScanner();
  for (const one of lines) {
    const scannableLine = scannable(
      Buffer.concat([Buffer.from(one), Buffer.alloc(8)]).subarray(0, -8),
    );
    expect(scannableLine && scanner.scan(scannableLine, 0)).toBe(-1);
  }
  expect(await summed(fileWith(...lines))).toMatchObject({ runs: 2, badLines: 0 });
});

test("of a source that follows, it is that of what is there", async () => {
  const path = fileWith(line("a", 1));
  const source = fsSource(path, { follow: true });
  expect(await source.summary()).toMatchObject({ eventCount: 1 });
  appendFileSync(path, line("a", 2));
  expect(await source.summary()).toMatchObject({ eventCount: 2 });
});

test("it is left when its signal says so, and rejects where there is no log", async () => {
  const path = fileWith(line("a", 1));
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(fsSource(path).summary({ signal })).rejects.toThrow("enough");
  await expect(fsSource(`${path}.none`).summary()).rejects.toMatchObject({ code: "NOT_FOUND" });
});
