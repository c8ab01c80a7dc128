import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { STEP_LOG_ERROR_CODES } from "../packages/core/src/errors.ts";

const page = readFileSync(new URL("../docs/errors.md", import.meta.url), "utf8");

test("docs/errors.md explains every code of StepLogError, and no other", () => {
  const explained = [...page.matchAll(/^(?:#+ |\| )`?([A-Z][A-Z0-9_]+)`?/gm)].map((it) => it[1]);
  expect(explained.toSorted()).toEqual([...STEP_LOG_ERROR_CODES].toSorted());
});
