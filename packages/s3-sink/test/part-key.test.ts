import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Compression,
  type PartName,
  parsePartKey,
  partKey,
  runDay,
  runPrefix,
  runSlug,
} from "../src/part-key.ts";

const part: PartName = {
  day: "2026-11-22",
  slug: "run_01",
  writer: "0f3a9c1b2d4e5f60",
  seq: 3,
  first: 120,
  last: 187,
  compression: "gzip",
};

test("a key has day, run, writer, number and steps, in this order", () => {
  expect(partKey("logs/", part)).toBe(
    "logs/dt=2026-11-22/run_01.0f3a9c1b2d4e5f60.00000003.0000000120-0000000187.jsonl.gz",
  );
});

test("a key is read back as it was written", () => {
  void fc.assert(
    fc.property(
      fc.string(),
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.constantFrom<Compression>("gzip", "zstd", "none"),
      fc.constantFrom("", "logs/", "a/dt=2020-01-01/"),
      (runId, seq, first, last, compression, prefix) => {
        const given = { ...part, slug: runSlug(runId), seq, first, last, compression };
        expect(parsePartKey(partKey(prefix, given))).toEqual(given);
      },
    ),
  );
});

test.each(["logs/dt=2026-11-22/README.md", "logs/_runs/run.json", "dt=x/run.1.2.3-4.jsonl", ""])(
  "%j is no part's key",
  (key) => {
    expect(parsePartKey(key)).toBeUndefined();
  },
);

describe("a run's slug", () => {
  test("is safe in a key, and never another's or the beginning of another's", () => {
    void fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
        expect(runSlug(a)).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
        if (a !== b)
          expect(runPrefix("", "2026-11-22", a).startsWith(runPrefix("", "2026-11-22", b))).toBe(
            false,
          );
      }),
    );
  });

  test("is the id where that is plain, and 26 letters of its hash where it is not", () => {
    expect(runSlug("run-abc_123")).toBe("run-abc_123");
    // The first 130 bits of SHA-256 of "a:b" by sha256sum, and base32 of coreutils.
    expect(runSlug("a:b")).toMatch(/^x[a-z2-7]{26}$/);
    expect(runSlug("x".repeat(129))).toMatch(/^x[a-z2-7]{26}$/);
  });

  test("of an id that looks like a hash is a hash of it, so that none can be chosen", () => {
    const slug = runSlug("a:b");
    expect(runSlug(slug)).not.toBe(slug);
  });
});

describe("the day that an id tells", () => {
  test.each([
    ["019ab0c5-9000-7000-8000-000000000000", "2025-11-23"],
    ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "2016-07-30"],
  ])("of %s is %s", (runId, day) => {
    expect(runDay(runId)).toBe(day);
  });

  test.each([
    "run-1",
    "00000000-0000-7000-8000-000000000000",
    "019ab0c5-9000-4000-8000-000000000000",
    "",
  ])("of %j is none", (runId) => {
    expect(runDay(runId)).toBeUndefined();
  });
});
