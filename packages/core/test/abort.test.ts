import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { waitFor } from "../src/index.ts";

const never = new Promise<never>(() => {});

test("without a signal the work is waited for", async () => {
  expect(await waitFor(Promise.resolve(7), undefined, () => 0)).toBe(7);
});

test("what the work gives is given, and no listener stays at the signal", async () => {
  const { signal } = new AbortController();
  expect(await waitFor(Promise.resolve(7), signal, () => 0)).toBe(7);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("what the work rejects with is thrown, the very same", async () => {
  const error = new Error("boom");
  const { signal } = new AbortController();
  expect(await waitFor(Promise.reject(error), signal, () => 0).catch((thrown) => thrown)).toBe(
    error,
  );
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("an abort ends the waiting, with what is pending and the signal's reason", async () => {
  const controller = new AbortController();
  const waiting = waitFor(never, controller.signal, () => 3);
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(waiting).rejects.toMatchObject({
    code: "ABORTED",
    pending: 3,
    lost: 0,
    cause: reason,
  });
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test("a signal that was aborted before ends it at once, unless the work is done", async () => {
  const signal = AbortSignal.abort();
  await expect(waitFor(never, signal, () => 1)).rejects.toMatchObject({ code: "ABORTED" });
  expect(await waitFor(Promise.resolve(7), signal, () => 1)).toBe(7);
});

test("what is pending may not be known", async () => {
  const controller = new AbortController();
  const waiting = waitFor(never, controller.signal, () => {
    throw new Error("no stats");
  });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED", pending: 0 });
});

test("work that fails after the waiting ended is no unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", listener);
  try {
    const { promise, reject } = withRejection();
    await waitFor(promise, AbortSignal.abort(), () => 0).catch(() => {});
    reject(new Error("late"));
    await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", listener);
  }
});

function withRejection(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  return { promise, reject };
}
