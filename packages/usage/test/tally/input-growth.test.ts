import { expect, test } from "vitest";
import { InputGrowthTally } from "../../src/tally/input-growth.ts";

const growthOf = (inputs: readonly unknown[], error: string | null = null) => {
  const tally = new InputGrowthTally();
  for (const input_tokens of inputs) tally.add({ input_tokens, error });
  return tally.growth();
};

test("a run that sends its history again each turn grows, and pays again for what it had sent", () => {
  expect(growthOf([1000, 2000, 3000, 4000])).toEqual({
    turns: 4,
    firstTokens: 1000,
    lastTokens: 4000,
    maxTokens: 4000,
    tokensPerTurn: 1000,
    resentTokens: 6000,
  });
});

test("a run whose history is cut back at times has the line through all turns", () => {
  const { tokensPerTurn, resentTokens, maxTokens } = growthOf([100, 300, 100, 300]);
  expect(tokensPerTurn).toBeCloseTo(40, 9); // numpy.polyfit([0, 1, 2, 3], [100, 300, 100, 300], 1)
  expect({ resentTokens, maxTokens }).toEqual({ resentTokens: 300, maxTokens: 300 });
});

test("one turn has no growth, none has nothing", () => {
  expect(growthOf([5])).toMatchObject({ turns: 1, tokensPerTurn: null, resentTokens: 0 });
  expect(growthOf([])).toMatchObject({ turns: 0, firstTokens: null, tokensPerTurn: null });
});

test("calls that failed and those without usage are no turns", () => {
  expect(growthOf([1, 2], "overloaded").turns).toBe(0);
  expect(growthOf([null, "5", -1, Number.NaN, 7]).turns).toBe(1);
});

test("thousands of turns, and the largest counts there are, stay finite", () => {
  const { tokensPerTurn } = growthOf(Array.from({ length: 5000 }, (_, i) => i * 20));
  expect(tokensPerTurn).toBeCloseTo(20, 6);
  const huge = growthOf(Array.from({ length: 1000 }, () => Number.MAX_SAFE_INTEGER));
  expect(Number.isFinite(huge.tokensPerTurn)).toBe(true);
});
