import { expect, test } from "vitest";
import { oneByOne } from "../../src/read/one-by-one.ts";
import { all } from "./test-log.ts";

async function* batches(): AsyncGenerator<number[], void, void> {
  yield [];
  yield [1, 2];
  yield [];
  yield [3, 4, 5];
}

test("gives each item of each batch", async () => {
  expect(await all(oneByOne(batches()))).toEqual([1, 2, 3, 4, 5]);
});

test("gives each item once to those who ask again without waiting", async () => {
  const items = oneByOne(batches());
  const asked = Array.from({ length: 7 }, () => items.next());
  const given = await Promise.all(asked);
  expect(given.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, undefined, undefined]);
  expect(given.map(({ done }) => done)).toEqual([false, false, false, false, false, true, true]);
});

test("passes errors on, and is over then", async () => {
  async function* failing(): AsyncGenerator<number[], void, void> {
    yield [1];
    throw new Error("no more");
  }
  const items = oneByOne(failing());
  expect(await items.next()).toEqual({ done: false, value: 1 });
  await expect(items.next()).rejects.toThrow("no more");
  expect(await items.next()).toEqual({ done: true, value: undefined });
});

test("leaving ends the batches, also while they wait", async () => {
  let left = () => {};
  const leaving = new Promise<void>((resolve) => {
    left = resolve;
  });
  let isClosed = false;
  async function* waiting(): AsyncGenerator<number[], void, void> {
    try {
      yield [1, 2];
      await leaving;
    } finally {
      isClosed = true;
    }
  }
  const items = oneByOne(waiting(), left);
  await items.next();
  await items.next();
  const pending = items.next();
  await items.return?.();
  expect(await pending).toEqual({ done: true, value: undefined });
  expect(isClosed).toBe(true);
});
