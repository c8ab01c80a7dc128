import { redactor } from "@step-log/core";
import { expect, test } from "vitest";
import { cleanValues } from "../../src/index.ts";

const KEY = `sk-ant-api03-${"a1B2".repeat(8)}`;

test("what is replaced is told, by its key where that told of it", () => {
  const told: unknown[] = [];
  const clean = cleanValues(redactor(), (...replaced) => told.push(replaced));
  const value = {
    text: `use ${KEY} now`,
    login: { password: "hunter22" },
    [KEY]: 1,
    other: "plain",
  };
  const safe = clean(value) as Record<string, unknown>;
  expect(JSON.stringify(safe)).not.toMatch(/sk-ant|hunter/);
  expect(told).toHaveLength(3);
  expect(told).toContainEqual([`use ${KEY} now`, safe["text"]]);
  expect(told).toContainEqual(["hunter22", "[REDACTED:named]", "password"]);
});

test("a value without secrets is the very same, and nothing is told", () => {
  const clean = cleanValues(redactor(), () => expect.unreachable());
  const value = { text: "nothing", list: [{ deep: 1 }] };
  expect(clean(value)).toBe(value);
});

test("a pattern of the user's own finds texts that are short", () => {
  const clean = cleanValues(redactor({ patterns: [/\d{3}-\d{2}-\d{4}/] }));
  expect(clean({ ssn: "123-45-6789" })).toEqual({ ssn: "[REDACTED:custom]" });
});
