import fc from "fast-check";
import { expect, test } from "vitest";
import { MoneySum } from "../../src/tally/money-sum.ts";

// Amounts as calls have them: whole billionths of a dollar, from nothing to a million dollars.
const amounts = fc.array(
  fc.oneof(
    fc.nat(1000),
    fc.nat(1e9),
    fc.maxSafeNat().map((it) => it % 1e15),
  ),
  { maxLength: 300 },
);
const sumOf = (values: readonly number[]) => {
  const sum = new MoneySum();
  for (const value of values) sum.add(value);
  return sum;
};

test("a million times a millionth is one, where plain addition is not", () => {
  const sum = new MoneySum();
  let plain = 0;
  for (let i = 0; i < 1e6; i++) {
    sum.add(1e-6);
    plain += 1e-6;
  }
  expect(sum.value).toBe(1);
  expect(plain).not.toBe(1);
});

test("what is small beside the sum is not lost", () => {
  expect(sumOf([1e16, 1e-6, -1e16]).value).toBe(1e-6);
});

test("a sum is the exact one to the last digit, in any order and in parts", () => {
  fc.assert(
    fc.property(amounts, fc.nat(300), (billionths, at) => {
      const dollars = billionths.map((it) => it / 1e9);
      const exact = Number(billionths.reduce((sum, it) => sum + BigInt(it), 0n)) / 1e9;
      const merged = sumOf(dollars.slice(0, at));
      merged.merge(sumOf(dollars.slice(at)));
      const backwards = sumOf(dollars.toReversed());
      for (const { value } of [sumOf(dollars), merged, backwards]) {
        expect(Math.abs(value - exact)).toBeLessThanOrEqual(exact * Number.EPSILON * 2);
      }
    }),
  );
});
