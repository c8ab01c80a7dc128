import type { Source } from "@step-log/core";
import { describe, expect, it } from "vitest";
import { type SourceCasesOptions, sourceCases } from "../src/index.ts";
import { failureOf } from "./failure-of.ts";
import { type Handles, referenceSource } from "./reference-source.ts";
import { SOURCE_MUTANTS } from "./source-mutants.ts";

describe("a source that keeps the contract", () => {
  for (const { group, name, run } of casesOf(referenceSource)) {
    it(`passes: ${group}: ${name}`, run);
  }
});

describe("a source that breaks the contract", () => {
  for (const { name } of casesOf(referenceSource)) {
    it(`is caught by: ${name}`, async () => {
      const mutant = SOURCE_MUTANTS[name];
      if (mutant === undefined)
        throw new Error("the case has no mutant, so nobody knows it can fail");
      const timeoutMs = mutant.hangs === true ? 300 : 10_000;
      const cases = casesOf((lines, handles) => mutant.source(lines, handles), { timeoutMs });
      const failure = await failureOf(cases, name);
      expect(failure, "the case did not notice").toBeInstanceOf(Error);
      expect(/did not settle/.test(failure?.message ?? "")).toBe(mutant.hangs === true);
    });
  }

  it("is known for every case, and for no others", () => {
    const names = casesOf(referenceSource).map(({ name }) => name);
    expect(Object.keys(SOURCE_MUTANTS).sort()).toEqual(names.sort());
  });
});

describe("sourceCases", () => {
  it("skips the case of open handles when it cannot count them", () => {
    const cases = sourceCases({ create: (lines) => referenceSource(lines) });
    expect(cases.filter(({ skip }) => skip !== undefined)).toMatchObject([
      { name: "readings that were broken off leave nothing open" },
    ]);
  });

  it("refuses to skip a case that it does not have", () => {
    const skip = [{ case: "no such case", reason: "typing error" }];
    expect(() => sourceCases({ create: (lines) => referenceSource(lines), skip })).toThrow(
      /no case is called "no such case"/,
    );
  });
});

function casesOf(
  makeSource: (lines: readonly string[], handles: Handles) => Source,
  options: Partial<SourceCasesOptions> = {},
): ReturnType<typeof sourceCases> {
  const handles: Handles = { open: 0 };
  return sourceCases({
    create: (lines) => makeSource(lines, handles),
    openHandles: () => handles.open,
    ...options,
  });
}
