import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sinkCases, sourceCases } from "../src/index.ts";
import { arraySink, arraySource } from "./array-sink.ts";

describe("the sink that docs/writing-a-sink.md begins with", () => {
  const stores = new Map<string, string[]>();
  const cases = sinkCases({
    create({ id }) {
      const lines: string[] = [];
      stores.set(id, lines);
      return arraySink(lines);
    },
    read: (_, { id }) => stores.get(id) ?? [],
    faults: { none: "an array does not fail" },
  });
  for (const { group, name, skip, run } of cases) {
    it(`${group}: ${name}`, (context) => (skip ? context.skip(skip) : run()));
  }
});

describe("the source of docs/writing-a-sink.md", () => {
  for (const { group, name, skip, run } of sourceCases({ create: arraySource })) {
    it(`${group}: ${name}`, (context) => (skip ? context.skip(skip) : run()));
  }
});

it("shows in docs/writing-a-sink.md the code that is tested here", () => {
  const page = readFileSync(new URL("../../../docs/writing-a-sink.md", import.meta.url), "utf8");
  const code = readFileSync(new URL("array-sink.ts", import.meta.url), "utf8");
  const functions = code.split(/^export (?=function)|^(?=function)/m).slice(1);
  expect(functions.length).toBe(3);
  const missing = functions.filter((text) => !page.includes(text.trimEnd()));
  expect(missing).toEqual([]);
});
