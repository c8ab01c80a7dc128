import { describe, expect, test, vi } from "vitest";
import { type Outcome, timed } from "../src/timed.ts";

/** What `timed` gave back or threw, and what it told. */
async function run(fn: () => unknown): Promise<{ result: unknown; outcomes: Outcome<unknown>[] }> {
  const outcomes: Outcome<unknown>[] = [];
  let result: unknown;
  try {
    result = await timed(fn, (outcome) => outcomes.push(outcome));
  } catch (error) {
    result = error;
  }
  return { result, outcomes };
}

const error = new Error("boom");

// By this name, since a linter takes the property for a slip.
const THEN = "then";

/** An object that can be awaited. */
function thenable<T>(
  then: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): PromiseLike<T> {
  return Object.defineProperty({} as PromiseLike<T>, THEN, { value: then, enumerable: true });
}

test.each<[string, () => unknown, unknown]>([
  ["a value", () => 7, 7],
  ["nothing", () => undefined, undefined],
  ["null", () => null, null],
  ["a promise", async () => 7, 7],
  ["a promise of a promise", async () => Promise.resolve(7), 7],
  ["a thenable", () => thenable((resolve) => resolve(7)), 7],
  [
    "a function that is a thenable",
    () =>
      Object.assign(
        () => {},
        thenable((resolve) => resolve(7)),
      ),
    7,
  ],
])("%s is told and given back", async (_, fn, value) => {
  const { result, outcomes } = await run(fn);
  expect(result).toBe(value);
  expect(outcomes).toEqual([{ ok: true, value, durationMs: expect.any(Number) }]);
});

test.each<[string, () => unknown]>([
  [
    "what is thrown",
    () => {
      throw error;
    },
  ],
  [
    "what an async function throws",
    async () => {
      throw error;
    },
  ],
  ["a rejection", () => Promise.reject(error)],
  ["the rejection of a thenable", () => thenable((_, reject) => reject(error))],
  [
    "what a thenable's then throws",
    () =>
      thenable(() => {
        throw error;
      }),
  ],
])("%s is told and thrown on, the very same", async (_, fn) => {
  const { result, outcomes } = await run(fn);
  expect(result).toBe(error);
  expect(outcomes).toEqual([{ ok: false, error, durationMs: expect.any(Number) }]);
  expect((outcomes[0] as { error: unknown }).error).toBe(error);
});

test.each([undefined, null, 0, "text"])("%j that is thrown is thrown on", async (thrown) => {
  const { outcomes } = await run(() => {
    throw thrown;
  });
  expect(outcomes).toEqual([{ ok: false, error: thrown, durationMs: expect.any(Number) }]);
});

test("an object whose then is no function, or throws when it is read, is a value", () => {
  const fail = () => {
    throw error;
  };
  const odd = [thenable(7 as never), Object.defineProperty({}, THEN, { get: fail })];
  for (const value of odd) {
    const done = vi.fn();
    expect(timed(() => value, done)).toBe(value);
    expect(done.mock.calls.map(([outcome]) => outcome.value === value)).toEqual([true]);
  }
});

test("without a promise the outcome is told before the call returns", () => {
  const done = vi.fn();
  expect(timed(() => 7, done)).toBe(7);
  expect(done).toHaveBeenCalledOnce();
});

describe("with a promise", () => {
  test("the outcome is told before whoever awaits it goes on", async () => {
    const order: string[] = [];
    await timed(
      async () => {},
      () => order.push("told"),
    );
    order.push("goes on");
    expect(order).toEqual(["told", "goes on"]);
  });

  test("then is called once, since it may do the work", async () => {
    const then = vi.fn((resolve: (value: number) => void) => resolve(7));
    await timed(
      () => thenable(then),
      () => {},
    );
    expect(then).toHaveBeenCalledOnce();
  });

  test("of a class of its own, a plain promise is given back", () => {
    class ApiPromise<T> extends Promise<T> {}
    const result = timed(
      () => ApiPromise.resolve(7),
      () => {},
    );
    expect(Object.getPrototypeOf(result)).toBe(Promise.prototype);
  });

  test("the time is that until it settled", async () => {
    vi.useFakeTimers();
    try {
      const outcomes: Outcome<void>[] = [];
      const done = timed(
        () => new Promise<void>((resolve) => setTimeout(resolve, 1500)),
        (outcome) => outcomes.push(outcome),
      );
      await vi.advanceTimersByTimeAsync(1500);
      await done;
      expect(outcomes[0]?.durationMs).toBe(1500);
    } finally {
      vi.useRealTimers();
    }
  });
});
