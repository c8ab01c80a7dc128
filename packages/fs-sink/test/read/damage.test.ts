import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { damageOf } from "../../src/read/damage.ts";
import { line } from "./test-log.ts";

const whole = line("b", 7, { data: { nested: [1, "two"] } }).trimEnd();
const spaced = whole.replace('{"run_id":', '{"run_id": ');

/** What is found in a line; the record behind it, if there is one. */
function look(text: string | Buffer): { damage: string; rest?: string } {
  const bytes = Buffer.from(text as string);
  const { damage, recordAt } = damageOf(bytes, 0);
  return recordAt === undefined
    ? { damage }
    : { damage, rest: bytes.subarray(recordAt).toString() };
}

describe("a record behind something else", () => {
  test("is found behind a record that was cut anywhere", () => {
    const cut = line("a", 1, { data: { text: 'ein "Wort" ☕\\', list: [{ run: "x" }, [true]] } });
    const bytes = Buffer.from(cut.trimEnd());
    for (let length = 1; length < bytes.length; length++) {
      const stub = bytes.subarray(0, length);
      const found = look(Buffer.concat([stub, Buffer.from(whole)]));
      // Where a value could stand, what looks like a record may be one; else it is one.
      const mayBeValue = /(?::|\[|\},)$/.test(stub.toString("latin1")) && !isInString(stub);
      expect({ length, ...found }).toEqual(
        mayBeValue ? { length, damage: "cut" } : { length, damage: "glued", rest: whole },
      );
    }
  });

  test("is found as Python writes it, behind zero bytes, and behind several stubs", () => {
    expect(look(`{"run_id":"a","st${spaced}`)).toEqual({ damage: "glued", rest: spaced });
    expect(look(`\0\0\0\0${whole}`)).toEqual({ damage: "glued", rest: whole });
    expect(look(`{"run_id":"a","st{"run_id":"a","step":2${whole}`)).toEqual({
      damage: "glued",
      rest: whole,
    });
  });

  test("is not believed when it could be a value of what was cut", () => {
    const value = `{"run_id":"a","step":1,"type":"tool_call","ts":1,"output":${whole}`;
    expect(look(value)).toEqual({ damage: "cut" });
    expect(look(`${value},"more":[${whole}`)).toEqual({ damage: "cut" });
  });

  test("is not believed within a text, where it is escaped", () => {
    expect(look(`{"run_id":"a","step":1,"output":${JSON.stringify(whole)}`)).toEqual({
      damage: "cut",
    });
  });

  test("is left alone when what stands before it is a record too", () => {
    expect(look(whole + whole)).toEqual({ damage: "joined" });
  });
});

test("each kind of damage is told from the others", () => {
  expect(look('{"run_id":"a","st')).toEqual({ damage: "cut" });
  expect(look('{"run_id":"a","data":"caf\u00e9'.slice(0, -1))).toEqual({ damage: "cut" });
  expect(look(Buffer.from([0x7b, 0x22, 0xe2, 0x98]))).toEqual({ damage: "cut" });
  expect(look(Buffer.from([0x22, 0xff, 0x22]))).toEqual({ damage: "not_utf8" });
  expect(look("\0\0\0")).toEqual({ damage: "nul" });
  expect(look("hello")).toEqual({ damage: "no_record" });
  expect(look("{}")).toEqual({ damage: "no_record" });
  expect(damageOf(Buffer.from("hello\r"), 5, "why")).toMatchObject({
    offset: 5,
    bytes: 5,
    reason: "why",
    nulBytes: 0,
  });
});

test("any bytes are looked through without fault, and what is called a record is one", () => {
  const piece = fc.oneof(
    fc.constantFrom('{"run_id"', whole, "{", "}", '"', "\\", ":", ",", "[", "]", "\0", " "),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const { rest } = look(text);
      if (rest !== undefined) expect(JSON.parse(rest)).toHaveProperty("run_id");
      expect(damageOf(Buffer.from(text), 0).nulBytes).toBe(text.split("\0").length - 1);
    }),
    { numRuns: 3_000 },
  );
});

function isInString(stub: Buffer): boolean {
  const quotes = stub.toString("latin1").replace(/\\./g, "").match(/"/g) ?? [];
  return quotes.length % 2 === 1;
}
