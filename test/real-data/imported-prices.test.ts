import { fileURLToPath } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { importLog } from "../../packages/convert/src/index.ts";
import { costOf } from "../../packages/usage/src/index.ts";
import { skipWithoutData } from "./data-folder.ts";
import { PI_FILE } from "./pi-session.ts";
import type { Foreign } from "./real-run.ts";

beforeEach(skipWithoutData);

test("every call of an imported session of pi costs what pi says", async () => {
  const path = fileURLToPath(new URL(`../../../shared/data/${PI_FILE}`, import.meta.url));
  let calls = 0;
  for await (const record of importLog(path)) {
    if (record.type !== "llm_call") continue;
    calls++;
    const logged = (record.usage as Foreign).cost.total;
    expect(Math.abs((costOf(record).usd ?? Number.NaN) - logged)).toBeLessThan(1e-6);
  }
  expect(calls).toBe(453);
});
