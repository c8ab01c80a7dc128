import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fastLines, lineHead } from "../../src/line/fast-line.ts";
import { Plain } from "../../src/line/plain.ts";
import { RAW_VALUES } from "../../src/line/raw-values.ts";
import { toLine } from "../../src/line/to-line.ts";
import { redactor } from "../../src/redact/redactor.ts";
import { HOSTILE } from "../hostile-values.ts";
import { FAKES } from "../redact/fake-credentials.ts";

const MEBIBYTE = 1024 * 1024;
const standard = redactor();

/** The line of a record with this value as the fast way writes it, if it does. */
function fast(value: unknown, redact = true, maxBytes = MEBIBYTE): string | undefined {
  const record = {
    run_id: "r",
    step: 7,
    type: "event",
    name: "e",
    data: RAW_VALUES.value(value, "data"),
  };
  const head = lineHead("r") ?? new Uint8Array();
  const line = fastLines(redact ? standard : undefined).write(head, record, maxBytes);
  return line && new TextDecoder().decode(line.page.subarray(line.from, line.to));
}

/** The same as the general way writes it. */
function general(value: unknown, redact = true, maxBytes = MEBIBYTE): string {
  const plain = new Plain(redact ? standard : undefined, maxBytes);
  const data = plain.value(value, "data");
  const cuts = plain.cuts.length > 0 ? { truncated: plain.cuts } : {};
  return toLine({ run_id: "r", step: 7, type: "event", name: "e", data, ...cuts }).text;
}

// Texts as they come, and often what has to be escaped, is not ASCII, or looks like a credential.
const unit = fc.oneof(
  fc.integer({ min: 32, max: 126 }),
  fc.constantFrom(0, 8, 9, 10, 11, 12, 13, 31, 34, 92, 127, 0x85, 0xe9, 0x2028, 0x202e, 0x20ac),
  fc.constantFrom(0xd83d, 0xde00),
);
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: unit.map((code) => String.fromCharCode(code)) }) },
  { weight: 2, arbitrary: fc.string({ minLength: 90, maxLength: 110 }) },
  fc.constantFrom("password=hunter22hunter22", "Bearer abcdefgh12345678", "sk-learn", "_", ":"),
  fc.constantFrom(...FAKES.map(({ secret }) => secret)),
);
const numeral = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.integer({ min: 0 }).map((n) => n / 1000),
  fc.constantFrom(-0, 0.1, 0.001, 1e21, 1e-7, 2 ** 31 - 1, 2 ** 31, 2147483646.999, 5e-324),
);
const key = fc.oneof(
  fc.string(),
  text,
  fc.constantFrom("__proto__", "toJSON", "password", "token", "2", "a".repeat(65)),
);
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false, undefined),
    numeral,
    text,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
})).value;

describe("what the fast way writes is what the general way would", () => {
  test.each([true, false])("of data, redact: %s", (redact) => {
    let written = 0;
    fc.assert(
      fc.property(data, (value) => {
        const line = fast(value, redact);
        if (line === undefined) return;
        written++;
        expect(line).toBe(general(value, redact));
      }),
      { numRuns: 5_000 },
    );
    expect(written).toBeGreaterThan(1_000);
  });

  test("of anything else", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
        const line = fast(value);
        if (line !== undefined) expect(line).toBe(general(value));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(Object.entries(HOSTILE))("of %s", (_, make) => {
    const line = fast(make());
    if (line !== undefined) expect(line).toBe(general(make()));
  });

  test("where little room is left", () => {
    fc.assert(
      fc.property(data, fc.integer({ min: 0, max: 2_000 }), (value, maxBytes) => {
        const line = fast(value, true, maxBytes);
        if (line !== undefined) expect(line).toBe(general(value, true, maxBytes));
      }),
      { numRuns: 2_000 },
    );
  });
});

test("what JSON can carry is written the fast way, and as JSON.stringify does", () => {
  const ascii = fc.string();
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, false),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      ascii,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: "grapheme-ascii" }), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      fc.pre(!/__proto__/.test(JSON.stringify(value)));
      const record = { run_id: "r", step: 7, type: "event", name: "e", data: value };
      expect(fast(value, false)).toBe(`${JSON.stringify(record)}\n`);
    }),
    { numRuns: 2_000 },
  );
});

test("numbers have the digits that JSON.stringify gives them", () => {
  fc.assert(
    fc.property(numeral, (value) => {
      fc.pre(Number.isFinite(value));
      expect(fast(value)).toContain(`"data":${JSON.stringify(value)}}`);
    }),
    { numRuns: 20_000 },
  );
});

describe("lines stand in pages that are not written to again", () => {
  test("also where a record is larger than what is left of a page", () => {
    const record = (size: number) => ({
      run_id: "r",
      step: 1,
      type: "event",
      data: "x".repeat(size),
    });
    const head = lineHead("r") ?? new Uint8Array();
    const lines = [10, 60_000, 10, 200_000, 50_000, 20_000, 1].map((size) => {
      const line = fastLines(undefined).write(head, record(size), MEBIBYTE);
      return { size, line };
    });
    for (const { size, line } of lines) {
      const written = line && new TextDecoder().decode(line.page.subarray(line.from, line.to));
      expect(written).toBe(`${JSON.stringify(record(size))}\n`);
    }
  });

  test("wherever in a record a page ends", () => {
    const values = [
      JSON.parse(`${"[".repeat(95)}${"]".repeat(95)}`),
      JSON.parse(`${'{"":['.repeat(45)}${"]}".repeat(45)}`),
      Array.from({ length: 40 }, () => []),
      Array.from({ length: 40 }, () => ({})),
      Array.from({ length: 40 }, (_, i) => [-1.7976931348623157e308, [i]]),
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => ["k".repeat(i), null])),
      Array.from({ length: 40 }, (_, i) => "\n".repeat(i)),
      Array.from({ length: 40 }, (_, i) => "é".repeat(i)),
      Array.from({ length: 40 }, (_, i) => "x".repeat(80 + i)),
    ];
    const page = 65_536;
    const gap = "-".repeat(80);
    for (const value of values) {
      const lines = Array.from({ length: gap.length }, (_, i) => {
        const data = [gap.slice(i), value];
        const record = { run_id: "r", step: 7, type: "event", name: "e", data };
        return { data, line: `${JSON.stringify(record)}\n` };
      });
      // A new page begins with the record that did not fit, so it ends where the lengths lead to.
      for (let bytes = 0, i = 0; bytes < 80 * page; i++) {
        const { data, line } = lines[
          (i + Math.floor(bytes / page)) % lines.length
        ] as (typeof lines)[0];
        bytes += line.length;
        const written = fast(data);
        if (written !== line) expect(written).toBe(line); // asking each time takes seconds
      }
    }
  });

  test("and a getter that fails in the middle leaves nothing behind", () => {
    const failing = {
      a: "half a record",
      get b() {
        throw new Error("no");
      },
    };
    expect(fast(failing)).toBeUndefined();
    expect(fast({ a: 1 })).toBe(general({ a: 1 }));
  });
});

describe("a list that lies about its length is not read without end", () => {
  const MANY = 200_000;
  function changing(first: number, later: number): () => number {
    let next = first;
    return () => {
      const now = next;
      next = later;
      return now;
    };
  }

  /** A list that tells these lengths, one after the other, and the last of them from then on. */
  function liar(lengths: readonly unknown[], onRead: () => void): unknown[] {
    let asked = 0;
    return new Proxy([], {
      get(_, key) {
        if (key === "length") return lengths[Math.min(asked++, lengths.length - 1)];
        if (typeof key === "string") onRead();
        return 1;
      },
    });
  }

  test.each([
    ["longer with each look", [1, MANY]],
    ["no number", [Number.NaN, MANY]],
    ["a number that changes", [{ valueOf: changing(1, MANY) }]],
    ["endless", [Number.POSITIVE_INFINITY]],
  ])("%s", (_, lengths) => {
    let reads = 0;
    fast(liar(lengths, () => reads++));
    expect(reads).toBeLessThanOrEqual(25_000);
  });

  test("and does not leave more room to others", () => {
    for (const length of [Number.NaN, -1e9]) {
      let reads = 0;
      const long = liar([MANY], () => reads++);
      fast([liar([length], () => {}), long]);
      expect(reads).toBeLessThanOrEqual(25_000);
    }
  });

  test("also one that grows while it is read", () => {
    let reads = 0;
    const growing: unknown[] = [];
    const grow = () => {
      reads++;
      if (growing.length < MANY) Object.defineProperty(growing, growing.length, element);
      return 1;
    };
    const element = { get: grow, enumerable: true, configurable: true };
    Object.defineProperty(growing, 0, element);
    fast(growing);
    expect(reads).toBeLessThanOrEqual(25_000);
  });
});

test("a record made by a getter of another is for the general way", () => {
  let inner: string | undefined = "not asked";
  const outer = fast({
    get a() {
      inner = fast(1);
      return 2;
    },
  });
  expect(inner).toBeUndefined();
  expect(outer).toBe(general({ a: 2 }));
});

test("where a program put something on Object.prototype, all records are for the general way", () => {
  const prototype = Object.prototype as { inherited?: string };
  prototype.inherited = "by every object";
  try {
    expect(fast({ own: 1 })).toBeUndefined();
    expect(general({ own: 1 })).not.toContain("inherited");
  } finally {
    delete prototype.inherited;
  }
  expect(fast({ own: 1 })).toBe(general({ own: 1 }));
});

test("a run whose id is not well-formed has no head", () => {
  expect(lineHead("a\ud800")).toBeUndefined();
});
