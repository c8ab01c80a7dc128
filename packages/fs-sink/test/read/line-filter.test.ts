import fc from "fast-check";
import { expect, test } from "vitest";
import { lineFilter } from "../../src/read/line-filter.ts";

/** JSON may escape any character. */
function escapedAtWill(text: string, which: readonly boolean[]): string {
  const units = Array.from({ length: text.length }, (_, at) => {
    const plain = JSON.stringify(text[at]).slice(1, -1);
    const wanted = which[at % which.length] ?? false;
    return wanted ? `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}` : plain;
  });
  return `"${units.join("")}"`;
}

test("a line of the run is never passed over, however its id is written", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 20 }),
        fc.uuid(),
        fc.constantFrom("", "a/b", '"', "\\", "\u2028"),
      ),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
      (runId, which) => {
        const text = `{ "step": 1, "run_id" : ${escapedAtWill(runId, which)} }`;
        expect(JSON.parse(text).run_id).toBe(runId);
        expect(lineFilter(runId)(text)).toBe(true);
        expect(lineFilter(runId)(text.replace("a/b", "a\\/b"))).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("most lines of other runs are passed over, and those that name no run are not", () => {
  const isOfRun = lineFilter("0190b2c4-7a1e-7000-8000-0123456789ab");
  expect(isOfRun('{"run_id":"0190b2c4-7a1e-7000-8000-0123456789ac","step":1}')).toBe(false);
  expect(isOfRun('{"run_id": "other", "step": 1}')).toBe(false);
  expect(isOfRun('{"run_')).toBe(true);
  expect(isOfRun("\0\0\0")).toBe(true);
});
