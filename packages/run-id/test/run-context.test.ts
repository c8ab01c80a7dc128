import { EventEmitter, once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { isRunId, RunContext, traceIdOf } from "../src/index.ts";

const id = () => RunContext.current()?.runId;
const named = (runId: string) => RunContext.start({ runId });

describe("start", () => {
  test("makes a first run without entering it", () => {
    const context = RunContext.start();
    expect(RunContext.current()).toBeUndefined();
    expect(isRunId(context.runId)).toBe(true);
    expect(context).toEqual({
      runId: context.runId,
      rootRunId: context.runId,
      depth: 0,
      traceId: traceIdOf(context.runId),
      sampled: true,
      baggage: {},
      resume: false,
    });
  });

  test("inside a run makes a child of it", () => {
    const root = RunContext.start({ runId: "root", baggage: { tenant: "acme", tier: "a" } });
    RunContext.run(root, () => {
      const child = RunContext.start({ runId: "child", parentStep: 7, baggage: { tier: "b" } });
      const grandchild = RunContext.run(child, () => named("grandchild"));
      expect(child).toMatchObject({
        parentRunId: "root",
        rootRunId: "root",
        parentStep: 7,
        depth: 1,
      });
      expect(child.baggage).toEqual({ tenant: "acme", tier: "b" });
      expect(grandchild).toMatchObject({ parentRunId: "child", rootRunId: "root", depth: 2 });
      expect(grandchild.traceId).toBe(root.traceId);
      expect(grandchild).not.toHaveProperty("parentStep");
    });
  });

  test("has the parent that is given, or none", () => {
    RunContext.run(named("current"), () => {
      expect(RunContext.start({ parent: named("given") }).parentRunId).toBe("given");
      expect(RunContext.start({ parent: null })).not.toHaveProperty("parentRunId");
      expect(RunContext.start({ parent: undefined }).parentRunId).toBe("current");
    });
  });

  test("gives something that cannot be changed", () => {
    const context = RunContext.start({ baggage: { a: "1" } });
    expect(Object.isFrozen(context) && Object.isFrozen(context.baggage)).toBe(true);
  });

  test.each<[string, object, string]>([
    ["an empty id", { runId: "" }, "runId must be a text that is not empty, got string "],
    ["a number as id", { runId: 7 }, "got number 7"],
    ["an id as parent", { parent: "run-1" }, "parent must be a RunContext or null"],
    ["a step that is none", { parentStep: -1 }, "parentStep must be a whole number from 0"],
    ["a UUID as trace id", { traceId: "a-b" }, "traceId must be 32 hex digits"],
    ["a name with a space", { baggage: { "a b": "" } }, "baggage must be named by tokens"],
    ["a value that is no text", { baggage: { a: 1 } }, "baggage.a must be a string, got number 1"],
    ["no baggage", { baggage: null }, "baggage must be an object"],
    ["a text for resume", { resume: "yes" }, "resume must be a boolean"],
    ["a text for sampled", { sampled: "yes" }, "sampled must be a boolean"],
  ])("refuses %s", (_, options, message) => {
    expect(() => RunContext.start(options)).toThrow(TypeError);
    expect(() => RunContext.start(options)).toThrow(message);
  });
});

describe("run", () => {
  test("gives what the function gives, and is over then", () => {
    expect(RunContext.run(named("a"), id)).toBe("a");
    expect(RunContext.current()).toBeUndefined();
  });

  test("throws what the function throws, and is over then", () => {
    const fail = () => {
      throw new RangeError("no");
    };
    expect(() => RunContext.run(named("a"), fail)).toThrow(RangeError);
    expect(RunContext.current()).toBeUndefined();
  });

  test("gives the very promise of the function", async () => {
    const promise = Promise.resolve(1);
    expect(RunContext.run(named("a"), () => promise)).toBe(promise);
  });

  test("refuses what is no context", () => {
    const run: (context: never, fn: () => void) => void = RunContext.run;
    expect(() => run(undefined as never, () => {})).toThrow(TypeError);
    expect(() => run("run-1" as never, () => {})).toThrow("got string");
  });

  test("reaches through promises, timers, microtasks and turns of the loop", async () => {
    const seen: unknown[] = [];
    const see = () => void seen.push(id());
    await RunContext.run(named("a"), async () => {
      see();
      await turn();
      see();
      await Promise.all([Promise.resolve().then(see), new Promise((done) => setTimeout(done, 1))]);
      queueMicrotask(see);
      process.nextTick(see);
      setImmediate(see);
      await turn();
      setTimeout(see, 1);
      await new Promise((done) => setTimeout(done, 5));
    });
    expect(seen).toEqual(Array(seen.length).fill("a"));
    expect(seen).toHaveLength(7);
  });

  test("keeps a thousand branches apart, whatever their order", async () => {
    const branch = async (name: string, depth: number): Promise<string[]> => {
      const seen = [];
      for (let i = 0; i < 5; i++) {
        if (i % 2 === 0) await turn();
        else await null;
        seen.push(`${id()}/${RunContext.current()?.depth}`);
      }
      expect(new Set(seen)).toEqual(new Set([`${name}/${depth}`]));
      return seen;
    };
    await RunContext.run(named("root"), async () => {
      const names = Array.from({ length: 1000 }, (_, i) => `branch-${i}`);
      await Promise.all([
        branch("root", 0),
        ...names.map((name) => RunContext.run(named(name), () => branch(name, 1))),
      ]);
    });
  });

  test("keeps tasks of a pool apart, each of which enters its own run", async () => {
    const waiting = Array.from({ length: 50 }, (_, i) => `task-${i}`);
    const seen: string[] = [];
    const worker = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const task = name;
        await RunContext.run(named(task), async () => {
          await turn();
          seen.push(`${task} ${id()}`);
        });
        expect(id()).toBe("pool");
      }
    };
    await RunContext.run(named("pool"), () => Promise.all([worker(), worker(), worker()]));
    expect(seen.toSorted()).toEqual(
      Array.from({ length: 50 }, (_, i) => `task-${i} task-${i}`).toSorted(),
    );
  });
});

describe("generators", () => {
  async function* agent() {
    for (let i = 0; i < 3; i++) {
      yield id();
      await turn();
    }
  }

  test("are part of the run that made them, wherever they are iterated", async () => {
    const [one, two] = ["one", "two"].map((name) => RunContext.run(named(name), agent));
    const seen: unknown[] = [];
    await RunContext.run(named("consumer"), async () => {
      for (let i = 0; i < 3; i++) {
        seen.push((await one?.next())?.value, (await two?.next())?.value, id());
      }
    });
    expect(seen).toEqual(Array(3).fill(["one", "two", "consumer"]).flat());
  });

  test("stay the same object, and can be delegated to, left and thrown into", () => {
    const seen: unknown[] = [];
    function* inner() {
      try {
        yield id();
        yield id();
      } catch (error) {
        seen.push(`${error} in ${id()}`);
      } finally {
        seen.push(`left in ${id()}`);
      }
    }
    const made = inner();
    const bound = RunContext.run(named("inner"), () => made);
    expect(bound).toBe(made);
    function* outer() {
      yield* bound;
    }
    for (const value of outer()) {
      seen.push(value);
      break;
    }
    const thrown = RunContext.run(named("thrown"), inner);
    thrown.next();
    thrown.throw("no");
    expect(seen).toEqual(["inner", "left in inner", "no in thrown", "left in thrown"]);
  });

  test("that are frozen, and proxies that refuse to be looked at, are passed on as they are", () => {
    const frozen = Object.freeze(agent());
    expect(RunContext.run(named("a"), () => frozen)).toBe(frozen);
    const refuse = () => {
      throw new Error("no");
    };
    const proxy = new Proxy({}, { get: refuse, getPrototypeOf: refuse });
    expect(RunContext.run(named("a"), () => proxy)).toBe(proxy);
  });
});

describe("bind", () => {
  test("keeps a listener in its run, where others are in that of the emitter", async () => {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    RunContext.run(named("listener"), () => {
      emitter.on("step", () => seen.push(id()));
      emitter.on(
        "step",
        RunContext.bind(() => seen.push(id())),
      );
    });
    RunContext.run(named("emitter"), () => emitter.emit("step"));
    emitter.emit("step");
    expect(seen).toEqual(["emitter", "listener", undefined, "listener"]);
  });

  test("passes on this, arguments, result and errors", () => {
    const bound = RunContext.run(named("a"), () =>
      RunContext.bind(function (this: { readonly base: number }, add: number) {
        if (add < 0) throw new RangeError(id());
        return this.base + add;
      }),
    );
    expect(bound.call({ base: 1 }, 2)).toBe(3);
    expect(() => bound.call({ base: 1 }, -1)).toThrow(new RangeError("a"));
  });

  test("keeps the generators of a function in the run, too", () => {
    function* steps() {
      yield id();
    }
    const bound = RunContext.run(named("a"), () => RunContext.bind(steps));
    expect([...bound()]).toEqual(["a"]);
  });

  test("outside a run keeps a function outside", () => {
    const bound = RunContext.bind(id);
    expect(RunContext.run(named("a"), bound)).toBeUndefined();
  });
});

test("an emitter's events are part of the run that waits for them", async () => {
  const emitter = new EventEmitter();
  const waited = RunContext.run(named("waiting"), async () => {
    await once(emitter, "go");
    return id();
  });
  RunContext.run(named("going"), () => emitter.emit("go"));
  expect(await waited).toBe("waiting");
});

test("another copy of this package knows the same run", async () => {
  vi.resetModules();
  const copy = await import("../src/index.ts");
  expect(copy.RunContext).not.toBe(RunContext);
  expect(RunContext.run(named("a"), () => copy.RunContext.current()?.runId)).toBe("a");
  expect(copy.RunContext.run(named("b"), id)).toBe("b");
});
