import fc from "fast-check";
import { expect, expectTypeOf, test } from "vitest";
import { type MatchingTopics, topicPattern } from "../src/index.ts";

test.each([
  ["a", "a", true],
  ["a", "a.b", false],
  ["a.b", "a", false],
  ["*", "a", true],
  ["*", "", true],
  ["*", "a.b", false],
  ["a.*", "a.b", true],
  ["a.*", "a", false],
  ["a.*", "a.b.c", false],
  ["*.b", "a.b", true],
  ["a.*.c", "a.b.c", true],
  ["**", "a.b.c", true],
  ["**", "", true],
  ["a.**", "a", true],
  ["a.**", "a.b.c", true],
  ["a.**", "ab", false],
  ["**.c", "c", true],
  ["**.c", "a.b.c", true],
  ["**.c", "a.b.c.d", false],
  ["a.**.d", "a.d", true],
  ["a.**.d", "a.b.c.d", true],
  ["a.**.c.*", "a.c.b.c.d", true],
  ["**.**", "a", true],
  ["**.*", "", true],
  ["*.**.*", "a", false],
  ["a.b", "a+b", false],
  ["[a]", "a", false],
])("%s and %s: %s", (pattern, topic, matches) => {
  expect(topicPattern(pattern)(topic)).toBe(matches);
});

test("it matches what the definition says, segment by segment", () => {
  const defined = (wanted: readonly string[], segments: readonly string[]): boolean => {
    const [first, ...rest] = wanted;
    if (first === undefined) return segments.length === 0;
    if (first === "**")
      return segments.some((_, i) => defined(rest, segments.slice(i))) || defined(rest, []);
    return (
      segments.length > 0 && [segments[0], "*"].includes(first) && defined(rest, segments.slice(1))
    );
  };
  const patterns = fc.array(fc.constantFrom("a", "b", "*", "**"), { minLength: 1, maxLength: 6 });
  const topics = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(patterns, topics, (pattern, topic) => {
      expect(topicPattern(pattern.join("."))(topic.join("."))).toBe(defined(pattern, topic));
    }),
    { numRuns: 3000 },
  );
});

test("a long topic does not take long, whatever the pattern", () => {
  const matches = topicPattern(`${"**.a.".repeat(20)}b`);
  const startedAt = performance.now();
  expect(matches("a.".repeat(2000))).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test.each([
  ["", "must be a text"],
  [undefined, "got undefined"],
  ["tool_*", "whole segments, got tool_*"],
  ["a.***", "whole segments, got ***"],
])("%j is no pattern", (pattern, message) => {
  expect(() => topicPattern(pattern as string)).toThrow(TypeError);
  expect(() => topicPattern(pattern as string)).toThrow(message);
});

test("the compiler knows which topics match", () => {
  type Topics = "run.start" | "run.end" | "step.tool_call" | "step.tool_call.slow" | "log" | "x";
  expectTypeOf<MatchingTopics<Topics, "run.start">>().toEqualTypeOf<"run.start">();
  expectTypeOf<MatchingTopics<Topics, "run.*">>().toEqualTypeOf<"run.start" | "run.end">();
  expectTypeOf<MatchingTopics<Topics, "*">>().toEqualTypeOf<"log" | "x">();
  expectTypeOf<MatchingTopics<Topics, "**">>().toEqualTypeOf<Topics>();
  expectTypeOf<MatchingTopics<Topics, "step.*">>().toEqualTypeOf<"step.tool_call">();
  type Steps = "step.tool_call" | "step.tool_call.slow";
  expectTypeOf<MatchingTopics<Topics, "step.**">>().toEqualTypeOf<Steps>();
  expectTypeOf<MatchingTopics<Topics, "log.**">>().toEqualTypeOf<"log">();
  expectTypeOf<MatchingTopics<Topics, "**.slow">>().toEqualTypeOf<"step.tool_call.slow">();
  expectTypeOf<MatchingTopics<Topics, "step.**.slow">>().toEqualTypeOf<"step.tool_call.slow">();
  expectTypeOf<MatchingTopics<Topics, "other.*">>().toEqualTypeOf<never>();
  expectTypeOf<MatchingTopics<Topics, string>>().toEqualTypeOf<Topics>();
  expectTypeOf<MatchingTopics<string, "a.*">>().toEqualTypeOf<string>();
});
