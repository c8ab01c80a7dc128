import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baggageMembers, baggageOf, formatBaggage, membersOf } from "../src/baggage.ts";

const parse = (header: string) => baggageOf(baggageMembers(header));

describe("a header", () => {
  test.each<[string, string, Record<string, string>]>([
    ["of one member", "tenant=acme", { tenant: "acme" }],
    ["with white space", " a =  1 ,\tb\t=\t2 ", { a: "1", b: "2" }],
    ["with octets", "node=DF%2028,e=%F0%9F%9B%AB", { node: "DF 28", e: "🛫" }],
    ["with equals signs in a value", "q=a=b==", { q: "a=b==" }],
    ["with an empty value", "a=", { a: "" }],
    ["with properties, which are left out", "a=1;p;q=2,b=2; r = 3", { a: "1", b: "2" }],
    ["with one name twice", "a=1,a=2", { a: "2" }],
    ["with octets that are not UTF-8", "a=%ff%41", { a: "\ufffdA" }],
    ["with a percent sign that begins no octet", "a=100%,b=%zz", { a: "100%", b: "%zz" }],
  ])("%s", (_, header, baggage) => {
    expect(parse(header)).toEqual(baggage);
  });

  test("keeps what is well-formed beside what is not", () => {
    const bad = [
      "",
      "=",
      "x",
      "na me=1",
      "n\u00e9=1",
      "q=a b",
      'q="1"',
      "q=\\",
      "q=\u00e9",
      "(a)=1",
    ];
    for (const member of bad)
      expect(parse(`a=1,${member},b=2`), member).toEqual({ a: "1", b: "2" });
  });

  test("with the name __proto__ changes no prototype", () => {
    const baggage = parse("__proto__=x,constructor=y");
    expect(Object.entries(baggage)).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
    expect(Object.getPrototypeOf(baggage)).toBe(Object.prototype);
  });

  test("is read up to 180 members and 8,192 bytes", () => {
    const many = Array.from({ length: 500 }, (_, i) => `k${i}=v`);
    expect(Object.keys(parse(many.join()))).toHaveLength(180);
    const long = `a=1,b=${"x".repeat(8_188)}`;
    expect(long.length).toBe(8_194);
    expect(parse(long)).toEqual({ a: "1" });
  });

  test("of a megabyte of spaces costs nothing", () => {
    const startedAt = performance.now();
    parse(" ".repeat(1e6));
    parse(`a=${" ;".repeat(5e5)}`);
    parse("%".repeat(1e6));
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});

describe("what is written", () => {
  test("is read back as it was", () => {
    const names = fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,20}$/);
    const baggages = fc.dictionary(names, fc.string({ unit: "binary", maxLength: 40 }), {
      maxKeys: 20,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(baggages, (baggage) => {
        const header = formatBaggage(membersOf(baggage));
        expect(header).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]*$/);
        expect(Object.entries(parse(header))).toEqual(
          Object.entries(baggage).map(([name, value]) => [name, value.toWellFormed()]),
        );
      }),
    );
  });

  test("has the first of one name, and keeps to the limits", () => {
    const members = membersOf({ a: "1", big: "x".repeat(9000), b: "2" });
    expect(formatBaggage([...members, ...membersOf({ a: "other", c: "3" })])).toBe("a=1,b=2,c=3");
    const many = membersOf(
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, ""])),
    );
    expect(formatBaggage(many).split(",")).toHaveLength(180);
  });

  test("keeps the properties of others", () => {
    expect(formatBaggage(baggageMembers("a=1;secret , b=2"))).toBe("a=1;secret,b=2");
  });
});
