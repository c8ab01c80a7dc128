import { resolve } from "node:path";
import { HOSTILE_RUN_IDS } from "@step-log/sink-testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { runFileName } from "../src/run-file-name.ts";

// What becomes of a lone surrogate in the record itself: it is the same run as one of U+FFFD.
const runId = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }).map((id) => id.toWellFormed()),
  fc.string({
    unit: fc.constantFrom("a", "A", "-", ".", "/", "\\", "\0", " ", "é"),
    maxLength: 12,
  }),
  fc.constantFrom(...HOSTILE_RUN_IDS),
);
const plain = fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/);

test("a name is 1 to 80 letters, digits, _ and -, so that no run leaves its folder", () => {
  fc.assert(
    fc.property(runId, (id) => {
      const name = runFileName(id);
      expect(name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
      expect(resolve("/logs", `${name}.jsonl`)).toBe(`/logs/${name}.jsonl`);
    }),
  );
});

test("an id that is a safe name is its own name", () => {
  fc.assert(
    fc.property(plain, (id) => {
      fc.pre(!/^(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(id));
      expect(runFileName(id)).toBe(id);
    }),
  );
});

test("ids that differ have names that differ", () => {
  fc.assert(
    fc.property(runId, runId, (a, b) => {
      fc.pre(a !== b);
      expect(runFileName(a)).not.toBe(runFileName(b));
    }),
    { numRuns: 1_000 },
  );
});

test("ids that differ in what a name cannot hold have names that differ", () => {
  const ids = ["a/b", "a\\b", "a b", "a.b", "a..b", "a\0b", "a-b", "a/b/", "/a/b", "a//b"];
  expect(new Set(ids.map(runFileName)).size).toBe(ids.length);
  const long = ["x".repeat(81), "x".repeat(82), `${"x".repeat(81)}y`];
  expect(new Set(long.map(runFileName)).size).toBe(long.length);
});

test("no name is one that Windows keeps for a device", () => {
  const devices = ["con", "CON", "Prn", "aux", "nul", "NUL", "com1", "COM9", "lpt1", "Lpt9"];
  for (const id of devices) expect(runFileName(id)).toMatch(new RegExp(`^${id}-[0-9a-f]{12}$`));
});

test("names stay the same from version to version, since files are found by them", () => {
  expect(["run-abc123", "", "a/b", "../../etc/passwd", "🛫", "con"].map(runFileName)).toEqual([
    "run-abc123",
    "run-e3b0c44298fc",
    "a-b-c14cddc033f6",
    "etc-passwd-3754d6cb3a38",
    "run-68d349f7d99a",
    "con-1143da2bc54c",
  ]);
});
