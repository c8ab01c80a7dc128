import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isStepLogError, recordIssues } from "@step-log/core";
import fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { afterAll, expect, test } from "vitest";
import { importLog } from "../../src/index.ts";
import { collect, document, lines } from "../support/collect.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-convert-"));
afterAll(() => rmSync(folder, { recursive: true }));

const record = (step: number, more = {}) => ({
  run_id: "r",
  step,
  type: "event",
  name: "n",
  data: null,
  ts: 1e9 + step,
  ...more,
});
const bytes = (text: string) => new TextEncoder().encode(text);
const steps = (records: readonly { step: number }[]) => records.map((it) => it.step);

async function codeOf(input: Parameters<typeof importLog>[0]): Promise<unknown> {
  return collect(input).then(
    () => "none",
    (error) => isStepLogError(error) && error.code,
  );
}

test("a line that is damaged is told, with its place; the others are read", async () => {
  const whole = JSON.stringify(record(1));
  const source = bytes(
    `${whole}\n${whole.slice(0, 20)}\n\n${JSON.stringify(record(2))}\n{"run_id":"r"`,
  );
  const { records, bad } = await collect(source);
  expect(steps(records)).toEqual([1, 2]);
  expect(bad).toEqual([
    { type: "bad_line", offset: whole.length + 1, bytes: 20, reason: "cut short" },
    expect.objectContaining({ reason: "cut short", bytes: 13 }),
  ]);
});

test("lines that were glued together are read, and told", async () => {
  const [first, second, third] = [1, 2, 3].map((step) =>
    JSON.stringify(record(step, { data: '{"run_id":"r"} in a text' })),
  );
  const torn = first?.slice(0, 30);
  const { records, bad } = await collect(
    bytes(`${first}\n${second}${third}\n${torn}${JSON.stringify(record(4))}\n`),
  );
  expect(steps(records)).toEqual([1, 2, 3, 4]);
  expect(bad.map(({ reason }) => reason)).toEqual([
    "2 records on one line, which were read",
    "30 characters that are no record, glued to a whole one, which was read",
  ]);
});

test("what a torn line holds in a text is no record", async () => {
  const said = JSON.stringify(record(2, { data: JSON.stringify(record(9)) })).slice(0, -8);
  const { records, bad } = await collect(bytes(`${JSON.stringify(record(1))}\n${said}\n`));
  expect(steps(records)).toEqual([1]);
  expect(bad).toHaveLength(1);
});

test("a damaged first line is no document", async () => {
  const { records, bad } = await collect(bytes(`un_id":"r"}\n${JSON.stringify(record(1))}\n`));
  expect(steps(records)).toEqual([1]);
  expect(bad).toHaveLength(1);
});

test("a byte order mark, blank lines and CRLF are no damage", async () => {
  const { records, bad } = await collect(
    bytes(`\ufeff${JSON.stringify(record(1))}\r\n \r\n${JSON.stringify(record(2))}`),
  );
  expect(steps(records)).toEqual([1, 2]);
  expect(bad).toEqual([]);
});

test("what is not UTF-8 is read with U+FFFD, and told", async () => {
  const source = Buffer.concat([
    Buffer.from(JSON.stringify(record(1, { data: "§" })).replace("§", "\u00e9"), "latin1"),
    Buffer.from("\n"),
  ]);
  const { records, bad } = await collect(source);
  expect(records).toMatchObject([{ data: "\ufffd" }]);
  expect(bad).toMatchObject([{ reason: expect.stringContaining("not UTF-8") }]);
});

test("a document that is cut off gives what was complete of it, wherever it is cut", async () => {
  const messages = Array.from({ length: 12 }, (_, i) => ({
    role: i % 2 ? "assistant" : "user",
    content: `said "${i}" {[`,
  }));
  const whole = document({ messages });
  const property = fc.asyncProperty(
    fc.integer({ min: 60, max: whole.length - 1 }),
    async (length) => {
      const { records, bad } = await collect(whole.subarray(0, length), {
        format: "openai-messages",
      });
      expect(bad.length).toBeGreaterThan(0);
      const said = records.flatMap((it) => (it.type === "event" ? [it.data] : []));
      const complete =
        new TextDecoder().decode(whole.subarray(0, length)).split("    },").length - 1;
      expect(said.slice(0, complete)).toEqual(messages.slice(0, complete));
      // Of the next one there may be a part.
      expect(said.length).toBeLessThanOrEqual(complete + 1);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test("whatever the bytes are, an import ends, and with nothing but a StepLogError", async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => bytes(`${text}\n`)),
    fc
      .constantFrom(
        '{"type":"assistant","sessionId":"s","uuid":"u","message":{"id":"m","content":[null,7,{"type":"tool_use","id":"t","name":"n"}]}}\n',
        '{"timestamp":1,"type":"response_item","payload":{"type":"function_call_output","call_id":"c"}}\n',
        '[{"role":"user","content":[null]},{"role":"assistant","tool_calls":[null,{"function":7}]}]\n',
        '{"resourceSpans":[null,{"scopeSpans":[{"spans":[null,{}]}]}]}\n',
        '{"log":{"entries":[null]}}\n',
        '{"trajectory":[{"action":1,"observation":2},null]}\n',
        '{"schema_version":"ATIF","steps":[null,{"source":"agent","tool_calls":[7]}]}\n',
        '{"version":2,"eval":{"task":1},"samples":[null,{"events":[null,{"event":"model"}]}]}\n',
      )
      .map(bytes),
    fc.constantFrom(gzipSync("{}"), zipSync({ a: strToU8("{}") })),
  );
  const property = fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
    const code = await collect(pieces).then(
      ({ records }) => records.flatMap(recordIssues)[0] ?? "none",
      (error) => (isStepLogError(error) ? error.code : error),
    );
    expect(["none", "UNKNOWN_FORMAT"]).toContain(code);
  });
  await fc.assert(property, { numRuns: 500 });
});

test("the way in which bytes come makes no difference", async () => {
  const source = lines(...Array.from({ length: 30 }, (_, i) => record(i, { data: "é".repeat(i) })));
  const expected = (await collect(source)).records;
  const property = fc.asyncProperty(
    fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
    async (sizes) => {
      const pieces: Uint8Array[] = [];
      for (let at = 0, i = 0; at < source.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        pieces.push(source.slice(at, at + size));
        at += size;
      }
      expect((await collect(pieces)).records).toEqual(expected);
    },
  );
  await fc.assert(property, { numRuns: 50 });
});

test("lines and documents longer than allowed are told and passed over, in bounded memory", async () => {
  const long = record(2, { data: "x".repeat(5_000) });
  const { records, bad } = await collect(lines(record(1), long, record(3)), {
    maxValueBytes: 1_000,
  });
  expect(steps(records)).toEqual([1, 3]);
  expect(bad).toMatchObject([{ reason: "longer than 1000 bytes (maxValueBytes)" }]);
  const laidOut = document({ messages: Array(100).fill({ role: "user", content: "x" }) });
  expect(await collect(laidOut, { maxValueBytes: 1_000, format: "openai-messages" })).toMatchObject(
    {
      records: [],
      bad: [{ reason: "longer than 1000 bytes (maxValueBytes)" }],
    },
  );
});

test("gzip: members put together, and one that is cut off gives what it holds", async () => {
  const members = [1, 2].map((step) => gzipSync(lines(record(step))));
  expect(steps((await collect(Buffer.concat(members))).records)).toEqual([1, 2]);
  const packed = gzipSync(
    lines(...Array.from({ length: 5_000 }, (_, i) => record(i, { data: Math.sin(i) }))),
  );
  const { records, bad } = await collect(packed.subarray(0, packed.length / 2));
  expect(records.length).toBeGreaterThan(1_000);
  expect(bad.map(({ reason }) => reason)).toContainEqual(
    expect.stringContaining("cannot be unpacked further"),
  );
});

test("bombs stop at maxUncompressedBytes, in gzip and in zip", async () => {
  const blank = new Uint8Array(4 << 20).fill(32);
  const bombs = [
    gzipSync(Buffer.concat([lines(record(1)), blank])),
    zipSync({ a: lines(record(1)), b: blank }),
  ];
  for (const bomb of bombs) {
    const { records, bad } = await collect(bomb, { maxUncompressedBytes: 1 << 20 });
    expect(steps(records)).toEqual([1]);
    expect(bad.map(({ reason }) => reason)).toContainEqual(
      expect.stringContaining("maxUncompressedBytes"),
    );
  }
});

test("values that are nested deeply are cut, not fatal", async () => {
  const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  const source = bytes(`${JSON.stringify(record(1)).replace("null", deep)}\n`);
  const { records, bad } = await collect(source);
  expect(bad).toEqual([]);
  expect(JSON.stringify(records)).toContain("…[truncated]");
});

test("keys that JavaScript has a use for are data", async () => {
  const source = bytes(
    `${JSON.stringify(record(1)).replace("null", '{"__proto__":{"password":"hunter2hunter2"},"constructor":1}')}\n`,
  );
  const { records } = await collect(source);
  expect(JSON.stringify(records)).toContain(
    '{"__proto__":{"password":"[REDACTED:named]"},"constructor":1}',
  );
  expect(Object.hasOwn({}, "password")).toBe(false);
});

test("a folder: every file that has a format; the others are told, links are not followed", async () => {
  const logs = join(folder, "logs");
  mkdirSync(join(logs, "deep"), { recursive: true });
  writeFileSync(join(logs, "a.jsonl"), lines(record(1)));
  writeFileSync(join(logs, "deep", "b.txt"), lines(record(2)));
  writeFileSync(join(logs, "deep", "notes.md"), "# Notes\n");
  writeFileSync(join(logs, "empty.jsonl"), "");
  symlinkSync(join(logs, "a.jsonl"), join(logs, "link.jsonl"));
  const { records, bad } = await collect(logs);
  expect(steps(records)).toEqual([1, 2]);
  expect(bad.map(({ location, reason }) => [location?.slice(logs.length + 1), reason])).toEqual([
    [join("deep", "notes.md"), expect.any(String)],
    [join("deep", "notes.md"), "of no known format"],
    ["empty.jsonl", "empty"],
  ]);
});

test("what cannot be imported at all throws, with a code", async () => {
  expect(await codeOf(join(folder, "nothing.jsonl"))).toBe("NOT_FOUND");
  expect(await codeOf(bytes('{"a":1}\n'))).toBe("UNKNOWN_FORMAT");
  expect(await codeOf(bytes(""))).toBe("UNKNOWN_FORMAT");
});

test("an import can be stopped, and tells how far it has come", async () => {
  const seen: number[] = [];
  const done = importLog([lines(record(1)), lines(record(2))], {
    onProgress: (it) => seen.push(it.records),
  });
  for await (const _ of done);
  expect(seen.at(-1)).toBe(2);
  expect(done.progress()).toMatchObject({
    records: 2,
    problems: 0,
    bytesTotal: null,
    formats: { "step-log": 1 },
  });
  const stop = new AbortController();
  const reading = (async () => {
    for await (const _ of importLog([lines(record(1)), lines(record(2))], { signal: stop.signal }))
      stop.abort(new Error("enough"));
  })();
  await expect(reading).rejects.toThrow("enough");
});

test("options that cannot be meant are refused at once", () => {
  const wrong: object[] = [
    { format: "word" },
    { name: "" },
    { redact: 1 },
    { unknownTs: "now" },
    { maxValueBytes: 0 },
  ];
  for (const options of wrong) expect(() => importLog("x", options)).toThrow(TypeError);
});
