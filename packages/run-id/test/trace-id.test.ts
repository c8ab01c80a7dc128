import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isTraceId, newRunId, runIdOf, spanIdOf, traceIdOf } from "../src/index.ts";

const hex = (length: number) =>
  fc
    .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length })
    .filter((digits) => !/^0+$/.test(digits));

test("the trace id of a new run id is its 128 bits, and leads back to it", () => {
  const runId = newRunId();
  expect(traceIdOf(runId)).toBe(runId.replaceAll("-", ""));
  expect(runIdOf(traceIdOf(runId))).toBe(runId);
});

test("every trace id is that of a run id", () => {
  fc.assert(
    fc.property(hex(32), (traceId) => {
      expect(traceIdOf(runIdOf(traceId) ?? "")).toBe(traceId);
    }),
  );
});

test("an id that is no UUID has a trace id by its hash, always the same", () => {
  const hash = createHash("sha256").update("run-abc123").digest("hex");
  expect(traceIdOf("run-abc123")).toBe(hash.slice(0, 32));
  expect(traceIdOf("run-abc123")).toBe("7dfbd8a7dbf135ff167c363961e041ec");
});

test("whatever the run id, its trace id and span id are valid, and runs apart have others", () => {
  const ids = fc.oneof(fc.string({ unit: "binary" }), fc.uuid());
  fc.assert(
    fc.property(ids, ids, (one, two) => {
      expect(isTraceId(traceIdOf(one))).toBe(true);
      expect(spanIdOf(one)).toMatch(/^(?!0+$)[\da-f]{16}$/);
      fc.pre(one.toWellFormed().toLowerCase() !== two.toWellFormed().toLowerCase());
      expect(traceIdOf(one)).not.toBe(traceIdOf(two));
    }),
  );
});

test("UUIDs whose bits are no trace id or span id are hashed", () => {
  const nil = "00000000-0000-0000-0000-000000000000";
  expect(isTraceId(traceIdOf(nil))).toBe(true);
  expect(spanIdOf("017f22e2-79b0-7cc3-0000-000000000000")).toMatch(/[1-9a-f]/);
});

test("a UUID in capitals has the same trace id", () => {
  const runId = newRunId();
  expect(traceIdOf(runId.toUpperCase())).toBe(traceIdOf(runId));
});

test.each(["", "0".repeat(32), "A".repeat(32), "a".repeat(31), "a".repeat(33), "g".repeat(32)])(
  "what is no trace id has no run id: %j",
  (text) => {
    expect(runIdOf(text)).toBeUndefined();
  },
);
