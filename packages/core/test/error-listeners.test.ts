import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import type { ErrorListeners, StepLogError } from "../src/index.ts";
import { broken } from "./entries.ts";

// Fresh modules for each test, since a code is warned of once in the life of a process.
let core: typeof import("../src/index.ts");
let warn: MockInstance<typeof console.warn>;

beforeEach(async () => {
  vi.resetModules();
  core = await import("../src/index.ts");
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

const failed = (message = "disk full") => new core.StepLogError("WRITE_FAILED", message);
const warnings = () => warn.mock.calls.map(([message]) => String(message));

describe("without a listener", () => {
  test("the first error of each code is a warning on stderr, in words", () => {
    const errors = core.errorListeners();
    errors.tell(failed("a"));
    errors.tell(failed("b"));
    errors.tell(new core.StepLogError("QUEUE_FULL", "c"));
    core.errorListeners().tell(failed("d"));
    expect(warnings()).toEqual([
      "step-log: a [WRITE_FAILED; further ones of this kind are not shown]",
      "step-log: c [QUEUE_FULL; further ones of this kind are not shown]",
    ]);
  });

  test("a log warns of its sink on stderr, once, and goes on", () => {
    const log = new core.StepLog({ sink: { ...core.memorySink(), name: "bad", write: broken } });
    expect([log.recordEvent("a"), log.recordEvent("b")]).toEqual([1, 2]);
    expect(warnings()).toEqual([
      "step-log: sink bad threw; a sink must not [SINK_FAILED; further ones of this kind are not shown]",
    ]);
  });

  test("controls in a message do not reach the terminal", () => {
    core.errorListeners().tell(failed("\x1b]0;owned\x07\u202e"));
    expect(warnings()[0]).toContain("step-log: \\u{1b}]0;owned\\u{7}\\u{202e} [");
  });

  test("a console that throws is none of the agent's business", () => {
    warn.mockImplementation(() => {
      throw new Error("no console");
    });
    expect(() => core.errorListeners().tell(failed())).not.toThrow();
  });
});

describe("with listeners", () => {
  test("each is told at once, and nothing is written", () => {
    const first = vi.fn();
    const second = vi.fn();
    const errors = core.errorListeners(first);
    errors.listen(second);
    const error = failed();
    errors.tell(error);
    expect([first.mock.calls, second.mock.calls, warnings()]).toEqual([[[error]], [[error]], []]);
  });

  test("one that listens twice is told once, until it was taken off twice", () => {
    const listener = vi.fn();
    const errors = core.errorListeners();
    const stops = [errors.listen(listener), errors.listen(listener)];
    errors.tell(failed());
    expect(listener).toHaveBeenCalledTimes(1);
    stops[0]?.();
    stops[0]?.();
    errors.tell(failed());
    expect(listener).toHaveBeenCalledTimes(2);
    stops[1]?.();
    errors.tell(failed());
    expect(listener).toHaveBeenCalledTimes(2);
    expect(warnings()).toHaveLength(1);
  });

  test.each<[string, (error: StepLogError) => void]>([
    [
      "throws",
      () => {
        throw new Error("boom");
      },
    ],
    [
      "gives a promise that rejects",
      async () => {
        throw new Error("boom");
      },
    ],
  ])("one that %s is warned of; the others are told", async (_, listener) => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const other = vi.fn();
    const errors = core.errorListeners(listener);
    errors.listen(other);
    errors.tell(failed());
    expect(other).toHaveBeenCalledOnce();
    await new Promise(setImmediate);
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(warnings()).toEqual([
      expect.stringContaining("an onError listener threw [CALLBACK_FAILED"),
    ]);
  });

  test("one that makes another error is not told of that one", () => {
    const errors: ErrorListeners = core.errorListeners(() => {
      heard++;
      errors.tell(failed("again"));
    });
    let heard = 0;
    errors.tell(failed());
    errors.tell(failed());
    expect(heard).toBe(2);
    expect(warnings()).toEqual([expect.stringContaining("again")]);
  });

  test("one that adds another listener is not told in a circle", () => {
    const late = vi.fn();
    const errors: ErrorListeners = core.errorListeners(() => void errors.listen(late));
    errors.tell(failed());
    expect(late).not.toHaveBeenCalled();
    errors.tell(failed());
    expect(late).toHaveBeenCalledTimes(1);
  });
});
