import { createHash } from "node:crypto";
import vm from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Copied, Plain } from "../../src/line/plain.ts";
import { redactor } from "../../src/redact/redactor.ts";

const MEBIBYTE = 1024 * 1024;

/** The copy of a value that is not cut, with nothing redacted. */
function plain(value: unknown): unknown {
  const copier = new Plain(undefined, MEBIBYTE);
  const copy = copier.value(value, "input");
  expect(copier.cuts).toEqual([]);
  return copy;
}

test("what JSON can carry is copied as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      expect(JSON.stringify(plain(value))).toBe(JSON.stringify(value));
    }),
    { numRuns: 1000 },
  );
});

test("what JSON.stringify makes of an object of data, the copy is too", () => {
  const data = fc.object({
    withDate: true,
    withNullPrototype: true,
    withSparseArray: true,
    maxDepth: 4,
  });
  fc.assert(
    fc.property(data, (value) => {
      // NaN and infinities are kept as texts, where JSON.stringify writes null.
      const finite = JSON.stringify(value, (_, v) =>
        Number.isFinite(v) || typeof v !== "number" ? v : String(v),
      );
      expect(JSON.stringify(plain(value))).toBe(finite);
    }),
  );
});

test("the copy stays as it is when the value changes", () => {
  const value = { list: [1, { a: 1 }] };
  const copy = plain(value);
  value.list.push(2);
  expect(copy).toEqual({ list: [1, { a: 1 }] });
});

class Point {
  x = 1;
  #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

describe("what JSON cannot carry", () => {
  test.each<[string, unknown, unknown]>([
    ["NaN and infinities", [Number.NaN, 1 / 0, -1 / 0], ["NaN", "Infinity", "-Infinity"]],
    ["a BigInt", 12345678901234567890n, "12345678901234567890"],
    ["a BigInt of more than 1,024 bits", 1n << 2000n, "[BigInt]"],
    ["undefined in an object", { a: undefined, b: 1 }, { b: 1 }],
    ["undefined in a list", [undefined, 1], [null, 1]],
    ["undefined alone", undefined, null],
    ["a function alone", () => 1, "[function]"],
    ["a function in an object", { run() {}, a: 1 }, { a: 1 }],
    ["a symbol alone", Symbol("s"), "[symbol]"],
    ["symbols in an object", { [Symbol("s")]: 1, a: Symbol("s"), b: 1 }, { b: 1 }],
    ["a Date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["a Date that is none", new Date(Number.NaN), null],
    [
      "a Map with texts as keys",
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
      { a: 1, b: 2 },
    ],
    [
      "a Map with other keys",
      new Map<unknown, unknown>([
        [1, "a"],
        [{}, "b"],
      ]),
      [
        [1, "a"],
        [{}, "b"],
      ],
    ],
    ["a Set", new Set([1, "a", [2]]), [1, "a", [2]]],
    ["a URL", new URL("https://example.com/a?b=c"), "https://example.com/a?b=c"],
    ["URLSearchParams", new URLSearchParams("a=1&b=2&a=3&a=4"), { a: ["1", "3", "4"], b: "2" }],
    ["Headers", new Headers({ Accept: "*/*" }), { accept: "*/*" }],
    ["a RegExp", /a+/gi, "/a+/gi"],
    ["boxed values", [Object("a"), Object(1), Object(true), Object(2n)], ["a", 1, true, "2"]],
    ["bytes", new Uint8Array([0, 255, 16]), { bytes: 3, base64: "AP8Q" }],
    ["a Buffer", Buffer.from("hello"), { bytes: 5, base64: "aGVsbG8=" }],
    ["an ArrayBuffer", new Uint8Array([1, 2]).buffer, { bytes: 2, base64: "AQI=" }],
    [
      "a part of a buffer",
      new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1),
      { bytes: 1, base64: "Ag==" },
    ],
    ["numbers in an array of bytes", new Uint16Array([258]), { bytes: 2, base64: "AgE=" }],
    ["an instance of a class", new Point(), { x: 1 }],
    [
      "an instance with toJSON",
      { when: { toJSON: () => ({ at: new Date(0) }) } },
      { when: { at: "1970-01-01T00:00:00.000Z" } },
    ],
    ["a promise", Promise.resolve(1), "[Promise]"],
    ["a WeakMap", new WeakMap(), "[WeakMap]"],
    ["a generator", (function* () {})(), "[Generator]"],
  ])("%s", (_, value, copy) => {
    expect(plain(value)).toEqual(copy);
  });

  test("an Error becomes its type, message, code, frames and cause", () => {
    const error = Object.assign(new RangeError("far", { cause: "why" }), { code: "E_FAR" });
    expect(plain({ error })).toEqual({
      error: {
        type: "RangeError",
        message: "far",
        code: "E_FAR",
        frames: expect.arrayContaining([
          expect.objectContaining({ file: import.meta.filename ?? __filename }),
        ]),
        cause: { type: "string", message: "why", code: null, frames: [], cause: null },
      },
    });
  });

  test("a Map with __proto__ as a key keeps it, and its prototype", () => {
    const copy = plain(new Map([["__proto__", { polluted: true }]])) as object;
    expect(Object.keys(copy)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  test("values of another realm are known as what they are", () => {
    const value = vm.runInNewContext(
      "({ date: new Date(0), map: new Map([['a', 1]]), set: new Set([1]), error: new TypeError('e'), list: [1], bytes: new Uint8Array([1]) })",
    );
    expect(plain(value)).toMatchObject({
      date: "1970-01-01T00:00:00.000Z",
      map: { a: 1 },
      set: [1],
      error: { type: "TypeError", message: "e" },
      list: [1],
      bytes: { bytes: 1, base64: "AQ==" },
    });
  });
});

describe("what is not readable", () => {
  test("a cycle ends where it closes; what is only shared is copied again", () => {
    const shared = { a: 1 };
    const value: Record<string, unknown> = { one: shared, two: shared };
    value["self"] = [value];
    expect(plain(value)).toEqual({ one: { a: 1 }, two: { a: 1 }, self: ["[Circular]"] });
  });

  test("a property that throws says why, and the others stay", () => {
    const value = {
      before: 1,
      get bad(): never {
        throw new Error("no");
      },
      after: 2,
    };
    expect(plain(value)).toEqual({ before: 1, bad: "[Unreadable: no]", after: 2 });
  });

  test("each property is read once", () => {
    let reads = 0;
    const value = {
      get count() {
        return ++reads;
      },
    };
    expect(plain(value)).toEqual({ count: 1 });
    expect(reads).toBe(1);
  });

  test("a proxy that throws at everything is one text", () => {
    const fail = (): never => {
      throw new Error("trap");
    };
    const proxy = new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail, has: fail });
    expect(plain([proxy, 1])).toEqual(["[Unreadable: trap]", 1]);
  });
});

describe("a limit", () => {
  const cutTo = (value: unknown, bytes: number, exact = false) => {
    const copier = new Plain(undefined, bytes, exact);
    return { copy: copier.value(value, "output"), cuts: copier.cuts };
  };

  test("cuts a text behind a word, marks it, and says what it was", () => {
    const text = `${"word ".repeat(40)}`;
    expect(cutTo(text, 13)).toEqual({
      copy: "word word …[truncated]",
      cuts: [
        { path: "/output", bytes: 200, sha256: createHash("sha256").update(text).digest("hex") },
      ],
    });
  });

  test("cuts a list and an object behind what fits", () => {
    expect(cutTo(["aaaa", "bbbb", "cccc"], 16)).toEqual({
      copy: ["aaaa", "bbbb", "…[truncated]"],
      cuts: [{ path: "/output", bytes: null, sha256: null }],
    });
    expect(cutTo({ a: "aaaa", b: "bbbb", c: "cccc" }, 22)).toEqual({
      copy: { a: "aaaa", b: "bbbb", "…": "…[truncated]" },
      cuts: [{ path: "/output", bytes: null, sha256: null }],
    });
  });

  test("keeps as many bytes as fit in base64, and says how many there were", () => {
    const bytes = new Uint8Array(300).fill(7);
    const { copy, cuts } = cutTo(bytes, 43);
    expect(copy).toEqual({ bytes: 300, base64: Buffer.alloc(30, 7).toString("base64") });
    expect(cuts).toEqual([
      { path: "/output", bytes: 300, sha256: createHash("sha256").update(bytes).digest("hex") },
    ]);
  });

  test("says where, for the first 16 cuts", () => {
    const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);
    const { cuts } = cutTo(
      Array.from({ length: 30 }, () => deep(120)),
      MEBIBYTE,
    );
    expect(cuts.map(({ path }) => path)).toEqual(
      Array.from({ length: 16 }, (_, i) => `/output/${i}${"/0".repeat(99)}`),
    );
  });

  test("is kept by the whole copy in UTF-8, when it is exact", () => {
    const value = fc.jsonValue({ stringUnit: "binary", maxDepth: 6 });
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 200 }), (json, bytes) => {
        // A marker where it ends, and one for each object and list around.
        const markers = (6 + 2) * Buffer.byteLength('"…":"…[truncated]",');
        const { copy } = cutTo(json, bytes, true);
        expect(Buffer.byteLength(JSON.stringify(copy))).toBeLessThanOrEqual(bytes + markers);
      }),
      { numRuns: 1000 },
    );
  });

  test("ends a list of 200,000 items at 100,000", () => {
    const { copy, cuts } = cutTo(new Array(200_000).fill(1), MEBIBYTE);
    expect(copy).toHaveLength(99_999);
    expect((copy as unknown[]).at(-1)).toBe("…[truncated]");
    expect(cuts).toHaveLength(1);
  });

  test("leaves the shape of a shaped value, whose texts alone are cut", () => {
    const copier = new Plain(undefined, 1);
    expect(copier.shaped({ a: { b: [{ text: "long" }] }, n: 1 }, "error_context")).toEqual({
      a: { b: [{ text: "…[truncated]" }] },
      n: 1,
    });
  });

  test("of a share leaves the rest for what comes after", () => {
    const copier = new Plain(undefined, 100);
    expect(copier.value("x".repeat(1000), "input", 0.5)).toBe(`${"x".repeat(50)}…[truncated]`);
    expect(copier.value("y".repeat(1000), "output")).toBe(`${"y".repeat(50)}…[truncated]`);
  });
});

test("a share is one of items too, so that many in one value leave some for the next", () => {
  const copier = new Plain(undefined, MEBIBYTE);
  expect(copier.value(new Array(200_000).fill(1), "input", 0.5)).toHaveLength(49_999);
  expect(copier.value(new Array(200_000).fill(1), "output")).toHaveLength(49_999);
});

describe("many values at once do not take long", () => {
  test("200,000 parameters of one name", () => {
    const value = new URLSearchParams("a=1&".repeat(200_000));
    const startedAt = performance.now();
    const copier = new Plain(undefined, MEBIBYTE);
    // Some 0.2 s; in time that grows by the square it would be minutes.
    copier.value(value, "input");
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  test("100,000 BigInts of 1,000 bits end where the limit is", () => {
    const copier = new Plain(undefined, MEBIBYTE);
    const copy = copier.value(new Array(100_000).fill(2n ** 1000n), "input");
    expect(JSON.stringify(copy).length).toBeLessThan(MEBIBYTE + 100_000);
  });
});

describe("secrets", () => {
  test("are replaced in texts and under names that say so, and counted", () => {
    const copier = new Plain(redactor(), MEBIBYTE);
    const key = ["sk", "ant", "api03", "a1B2c3D4e5F6g7H8i9J0k1L2"].join("-");
    expect(copier.value({ password: "hunter2", note: `use ${key}`, fine: 1 }, "input")).toEqual({
      password: "[REDACTED:named]",
      note: "use [REDACTED:anthropic-key]",
      fine: 1,
    });
    expect(copier.redactions).toBe(2);
  });

  test("in a key do not stand in the path of a cut", () => {
    const copier = new Plain(redactor(), 1000);
    const key = ["sk", "ant", "api03", "a1B2c3D4e5F6g7H8i9J0k1L2"].join("-");
    copier.value({ [key]: "x".repeat(2000) }, "input");
    expect(copier.cuts.map(({ path }) => path)).toEqual(["/input/[REDACTED:anthropic-key]"]);
  });
});

test("a value that was copied is taken as it is, with its cuts, its redactions and its size", () => {
  const redact = redactor();
  const copied = new Copied(
    { password: "hunter2", text: "x".repeat(1000) },
    "input",
    new Plain(redact, 200),
    200,
  );
  const copier = new Plain(redact, 200);
  expect(copier.value(copied, "input")).toBe(copied.json);
  expect(copier.redactions).toBe(1);
  expect(copier.cuts.map(({ path }) => path)).toEqual(["/input/text"]);
  expect(copier.value("y".repeat(1000), "output")).toBe(`${"y".repeat(100)}…[truncated]`);
});
