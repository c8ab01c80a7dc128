import { afterEach, expect, test, vi } from "vitest";
import { type AmbientRun, currentRun, provideRunContext } from "../src/index.ts";

afterEach(() => provideRunContext(undefined));

test("without a provider there is no current run", () => {
  expect(currentRun()).toBeUndefined();
});

test("the provider is asked each time", () => {
  let run: AmbientRun | undefined = { runId: "a" };
  provideRunContext(() => run);
  expect(currentRun()).toEqual({ runId: "a" });
  run = { runId: "b", parentRunId: "a", rootRunId: "a" };
  expect(currentRun()).toEqual(run);
  run = undefined;
  expect(currentRun()).toBeUndefined();
});

test("another copy of this package has the same provider", async () => {
  provideRunContext(() => ({ runId: "a" }));
  vi.resetModules();
  const copy = await import("../src/run-context.ts");
  expect(copy.currentRun).not.toBe(currentRun);
  expect(copy.currentRun()).toEqual({ runId: "a" });
});

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["gives nothing", () => null],
  ["gives a text", () => "run-1"],
  ["gives an empty id", () => ({ runId: "" })],
  ["gives an id that is none", () => ({ runId: 7 })],
  [
    "gives an object that throws",
    () => ({
      get runId(): string {
        throw new Error("no");
      },
    }),
  ],
])("a provider that %s knows no run", (_, provider) => {
  provideRunContext(provider as () => AmbientRun);
  expect(currentRun()).toBeUndefined();
});
