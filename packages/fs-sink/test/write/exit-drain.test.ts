import { afterEach, expect, test } from "vitest";
import { onExit } from "../../src/write/exit-drain.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** What `onExit` has added to the process's listeners, with these to be drained. */
function listenersFor(...drains: (() => void)[]): ((code: number) => void)[] {
  const before = process.listeners("exit");
  stops.push(...drains.map((drainAtExit) => onExit({ drainAtExit })));
  return process.listeners("exit").filter((listener) => !before.includes(listener));
}

test("however many are to be drained, one listener does it, and none is left when they have gone", () => {
  const before = process.listenerCount("exit");
  expect(
    listenersFor(
      () => {},
      () => {},
      () => {},
    ),
  ).toHaveLength(1);
  for (const stop of stops.splice(0)) stop();
  expect(process.listenerCount("exit")).toBe(before);
});

test("all are drained at the exit of the process, in the order in which they came, but those taken away", () => {
  const drained: string[] = [];
  const [listener] = listenersFor(
    () => drained.push("one"),
    () => drained.push("two"),
    () => drained.push("three"),
  );
  stops[1]?.();
  listener?.(0);
  expect(drained).toEqual(["one", "three"]);
});

test("one that throws keeps neither the others from being drained nor the process from its exit", () => {
  const drained: string[] = [];
  const [listener] = listenersFor(
    () => {
      throw new Error("the disk has gone");
    },
    () => drained.push("two"),
  );
  expect(() => listener?.(0)).not.toThrow();
  expect(drained).toEqual(["two"]);
});
