import fc from "fast-check";
import { expect, test } from "vitest";
import { formatTraceParent, parseTraceParent } from "../src/traceparent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

test.each([
  ["of version 00", `00-${TRACE}-${SPAN}-01`, true],
  ["not sampled", `00-${TRACE}-${SPAN}-00`, false],
  ["with flags that mean nothing yet", `00-${TRACE}-${SPAN}-09`, true],
  ["with all flags but the one", `00-${TRACE}-${SPAN}-fe`, false],
  ["of a version to come", `01-${TRACE}-${SPAN}-01`, true],
  [
    "of a version to come that has more",
    `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`,
    true,
  ],
  ["with white space around it", `\t 00-${TRACE}-${SPAN}-01 `, true],
])("is taken: %s", (_, header, sampled) => {
  expect(parseTraceParent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
});

test.each([
  ["empty", ""],
  ["the forbidden version", `ff-${TRACE}-${SPAN}-01`],
  ["version 00 with more", `00-${TRACE}-${SPAN}-01-what-the-future-will-be-like`],
  ["version 00 with a dash at the end", `00-${TRACE}-${SPAN}-01-`],
  ["a version to come with more, but no dash", `cc-${TRACE}-${SPAN}-01.what`],
  ["a version of one digit", `0-${TRACE}-${SPAN}-01`],
  ["a version in capitals", `CC-${TRACE}-${SPAN}-01`],
  ["trace id of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
  ["span id of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
  ["capitals", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ["other characters", `00-${TRACE.replace("4", ".")}-${SPAN}-01`],
  ["too short", `00-${TRACE.slice(1)}-${SPAN}-01`],
  ["too long", `00-${TRACE}0-${SPAN}-01`],
  ["flags of one digit", `00-${TRACE}-${SPAN}-1`],
  ["flags that are none", `00-${TRACE}-${SPAN}-0x`],
  ["a field missing", `00-${TRACE}-${SPAN}`],
  ["two of them", `00-${TRACE}-${SPAN}-01,00-${TRACE}-${SPAN}-01`],
  ["other dashes", `00_${TRACE}_${SPAN}_01`],
  ["a line end within", `00-${TRACE}\n-${SPAN}-01`],
])("is not taken: %s", (_, header) => {
  expect(parseTraceParent(header)).toBeUndefined();
});

test("whatever the text, nothing is thrown, and what is taken is written the same way", () => {
  const digits = fc.stringMatching(/^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}(-.{0,9})?$/);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), digits), (text) => {
      const parsed = parseTraceParent(text);
      if (parsed !== undefined) expect(parseTraceParent(formatTraceParent(parsed))).toEqual(parsed);
    }),
    { numRuns: 1000 },
  );
});
