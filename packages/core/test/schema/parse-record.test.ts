import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRecord } from "../../src/schema/parse-record.ts";
import { recordProblem } from "../../src/schema/validate-record.ts";
import { mutatedRecord, validRecord } from "./records.ts";

const line =
  '{"run_id":"run-abc123","step":2,"type":"tool_call","tool":"search_documents","input":{"query":"Q3 revenue"},"output":{"results":[]},"error":null,"duration_ms":240,"ts":1748107202.456}';

describe("parseRecord", () => {
  it("reads a line, with or without a byte order mark and a line end", () => {
    const record = JSON.parse(line);
    for (const each of [line, `${line}\n`, `${line}\r\n`, `\ufeff${line}`, `\ufeff${line}\r\n`]) {
      expect(parseRecord(each)).toEqual(record);
    }
  });

  it("reads every record that follows the format", () => {
    fc.assert(
      fc.property(validRecord, (record) => {
        const text = JSON.stringify(record);
        expect(parseRecord(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("asks for the four keys that all have and leaves the rest to the strict validator", () => {
    fc.assert(
      fc.property(mutatedRecord, (mutated) => {
        const record = JSON.parse(JSON.stringify(mutated));
        const { run_id, step, type, ts } = record;
        const parsed = parseRecord(JSON.stringify(record));
        const problem = recordProblem({ run_id, step, type: type === "bad_line" ? type : "x", ts });
        if (problem === undefined && typeof type === "string") expect(parsed).toEqual(record);
        else expect(parsed.type).toBe("bad_line");
        if (recordProblem(record) === undefined) expect(parsed).toEqual(record);
      }),
      { numRuns: 1000 },
    );
  });

  it("passes on unknown types and keys", () => {
    const text = '{"run_id":"r","step":1,"type":"thought","ts":1,"mood":{"__proto__":1}}';
    expect(parseRecord(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ["", 0, "empty"],
    ["\n", 0, "empty"],
    [" \t\r\n", 2, "empty"],
    ["\0\0\0\n", 3, "begins with NUL bytes, a hole in the file"],
    [`${line.slice(0, 60)}\n`, 60, "cut short: no } at the end"],
    ['{"run_id":"ä€😀', 20, "cut short: no } at the end"],
    [`${line}${line}`, 2 * line.length, "not JSON, or cut short"],
    ['{"run_id":"r","ts":NaN}', 23, "not JSON, or cut short"],
    ["[1]", 3, "record: expected an object, got a list"],
    ["5", 1, "record: expected an object, got 5"],
    ["null", 4, "record: expected an object, got null"],
    ['"text"\r\n', 6, 'record: expected an object, got "text"'],
    ["{}", 2, "run_id: missing"],
    ['{"run_id":7}', 12, "run_id: expected text, got 7"],
    ['{"run_id":"r","step":"x"}', 25, 'step: expected a whole number from 0, got "x"'],
    ['{"run_id":"r","step":1,"type":"event"}', 38, "ts: missing"],
    [
      '{"run_id":"r","step":1,"type":"event","ts":1e999}',
      49,
      "ts: expected a number, got Infinity",
    ],
    [
      '{"run_id":"r","step":1,"type":"bad_line","ts":1,"reason":"made up"}',
      67,
      'type: expected text other than "bad_line", got "bad_line"',
    ],
  ])("says of %j, %i bytes long: %s", (text, bytes, reason) => {
    expect(parseRecord(text)).toEqual({ type: "bad_line", offset: 0, bytes, reason });
  });

  it("calls every beginning of a line cut short", () => {
    fc.assert(
      fc.property(validRecord, fc.double({ min: 0, max: 1, noNaN: true }), (record, part) => {
        const whole = JSON.stringify(record);
        const cut = whole.slice(0, 1 + Math.floor(part * (whole.length - 2)));
        expect(parseRecord(cut)).toMatchObject({
          type: "bad_line",
          reason: expect.stringContaining("cut short"),
        });
      }),
    );
  });

  it("gives a printable reason for any text, and never throws", () => {
    const key = fc.constantFrom("run_id", "step", "type", "ts");
    const object = fc.dictionary(key, fc.jsonValue()).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), object), (text) => {
        const parsed = parseRecord(text);
        if (parsed.type === "bad_line") expect(parsed.reason).toMatch(/^[ -~]{1,120}$/);
      }),
    );
  });
});
