import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { afterAll, describe, expect, test } from "vitest";
import { errorContext, errorMessage } from "../src/error-context.ts";
import { type ErrorContext, memorySink, StepLog } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-error-context-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** An error with a stack that another engine, system or library wrote. */
function withStack(...lines: string[]): Error {
  return Object.assign(new Error("boom"), { stack: lines.join("\n") });
}

const filesOf = (thrown: unknown) => errorContext(thrown).frames.map(({ file }) => file);

function caught(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("type", () => {
  class QuietError extends Error {}
  class LoudError extends TypeError {
    override name = "RateLimit";
  }
  // As a minifier leaves them.
  const Minified = class t extends Error {
    constructor(message: string) {
      super(message);
      this.name = "ToolError";
    }
  };
  const Prototyped = class e extends Error {};
  Prototyped.prototype.name = "ProtocolError";

  test.each<[string, unknown, string]>([
    ["an Error", new Error("e"), "Error"],
    ["a built-in kind", new RangeError("e"), "RangeError"],
    ["a class that sets no name", new QuietError("e"), "QuietError"],
    ["a name that goes before the class", new LoudError("e"), "RateLimit"],
    ["a minified class with a name", new Minified("e"), "ToolError"],
    ["a minified class with a name in its prototype", new Prototyped("e"), "ProtocolError"],
    [
      "an Error that was given a name",
      Object.assign(new Error("e"), { name: "AbortError" }),
      "AbortError",
    ],
    [
      "an Error that was given an empty name",
      Object.assign(new QuietError("e"), { name: "" }),
      "QuietError",
    ],
    [
      "an Error that was given a name that is none",
      Object.assign(new Error("e"), { name: 7 }),
      "Error",
    ],
    [
      "a class whose errors are called Error",
      Object.assign(new QuietError("e"), { name: "Error" }),
      "QuietError",
    ],
    ["a DOMException", new DOMException("e", "AbortError"), "AbortError"],
    ["an AggregateError", new AggregateError([]), "AggregateError"],
    ["an error of another realm", vm.runInNewContext("new TypeError('e')"), "TypeError"],
    ["an object", { message: "e" }, "Object"],
    ["an object with a name", { name: "ApiError" }, "ApiError"],
    ["an object without a prototype", Object.create(null), "Object"],
    ["a text", "e", "string"],
    ["a number", 7, "number"],
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["a function", () => 1, "function"],
    ["a symbol", Symbol("s"), "symbol"],
  ])("of %s", (_, thrown, type) => {
    expect(errorContext(thrown).type).toBe(type);
  });

  test("has 200 characters at most", () => {
    const thrown = Object.assign(new Error("e"), { name: "N".repeat(1000) });
    expect(errorContext(thrown).type).toBe("N".repeat(200));
  });
});

describe("message and code", () => {
  test.each<[string, unknown, string, string | undefined]>([
    ["an Error", new Error("boom"), "boom", "boom"],
    ["a text", "boom", "boom", "boom"],
    ["a number", 404, "404", "404"],
    ["an object with a message", { message: "boom" }, "boom", "boom"],
    ["an object whose message is a number", { message: 404 }, "404", "404"],
    ["an object without one", { status: 500 }, "", undefined],
    ["nothing", undefined, "", undefined],
  ])("of %s", (_, thrown, message, text) => {
    expect(errorContext(thrown).message).toBe(message);
    expect(errorMessage(thrown)).toBe(text);
  });

  test("a message has 8,192 characters at most", () => {
    expect(errorContext(new Error("m".repeat(10_000))).message).toBe("m".repeat(8_192));
    expect(errorMessage("m".repeat(10_000))).toBe("m".repeat(8_192));
  });

  test.each<[unknown, string | null]>([
    ["ECONNRESET", "ECONNRESET"],
    [429, "429"],
    [undefined, null],
    [{ a: 1 }, null],
    ["c".repeat(300), "c".repeat(200)],
  ])("the code %j is %j", (code, expected) => {
    expect(errorContext(Object.assign(new Error("e"), { code })).code).toBe(expected);
  });

  test("a failed system call has its code", () => {
    const error = caught(() => readFileSync(join(folder, "nothing")));
    expect(errorContext(error)).toMatchObject({ type: "Error", code: "ENOENT" });
  });
});

describe("cause", () => {
  test("is followed four deep", () => {
    let error = new Error("0");
    for (let depth = 1; depth <= 10; depth++) error = new Error(String(depth), { cause: error });
    const messages: string[] = [];
    let context: ErrorContext | null = errorContext(error);
    for (; context !== null; context = context.cause) messages.push(context.message);
    expect(messages).toEqual(["10", "9", "8", "7", "6"]);
  });

  test("may be the error itself", () => {
    const error = new Error("loop");
    error.cause = error;
    expect(JSON.stringify(errorContext(error)).match(/"loop"/g)).toHaveLength(5);
  });

  test("may be no error", () => {
    expect(errorContext(new Error("e", { cause: { status: 500 } })).cause?.type).toBe("Object");
    expect(errorContext(new Error("e", { cause: "why" })).cause).toMatchObject({
      type: "string",
      message: "why",
    });
    expect(errorContext(new Error("e", { cause: undefined })).cause).toBeNull();
  });

  test("of an AggregateError is the first of its errors, or its own where it has one", () => {
    const errors = [new Error("first"), new Error("second")];
    expect(errorContext(new AggregateError(errors)).cause?.message).toBe("first");
    expect(
      errorContext(new AggregateError(errors, "all", { cause: new Error("own") })).cause?.message,
    ).toBe("own");
    expect(errorContext(new AggregateError([])).cause).toBeNull();
  });

  test("of what is thrown by Promise.any is the first rejection", async () => {
    const error = await Promise.any([Promise.reject(new Error("first"))]).catch((error) => error);
    expect(errorContext(error)).toMatchObject({
      type: "AggregateError",
      cause: { message: "first" },
    });
  });
});

describe("frames", () => {
  test("are the first three of the user's own code, innermost first", () => {
    const c = () => {
      throw new Error("deep");
    };
    const b = () => c();
    const a = () => b();
    const { frames } = errorContext(caught(() => a()));
    expect(frames.map((frame) => frame.function)).toEqual(["c", "b", "a"]);
    for (const { file, line, column } of frames) {
      expect(file).toBe(import.meta.filename);
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
    }
  });

  test("leave out Node's own and those of the engine", () => {
    const error = caught(() =>
      [1].map(() => JSON.parse(readFileSync(join(folder, "nothing"), "utf8"))),
    );
    expect((error as Error).stack).toContain("node:fs");
    expect(new Set(filesOf(error))).toEqual(new Set([import.meta.filename]));
  });

  test("leave out what is installed", async () => {
    const library = join(folder, "node_modules", "library");
    mkdirSync(library, { recursive: true });
    writeFileSync(join(library, "index.mjs"), "export const call = (fn) => fn();");
    writeFileSync(
      join(folder, "agent.mjs"),
      "import { call } from './node_modules/library/index.mjs';\nexport const run = () => call(() => { throw new Error('e'); });",
    );
    const { run } = await import(/* @vite-ignore */ pathToFileURL(join(folder, "agent.mjs")).href);
    const error = caught(run) as Error;
    expect(error.stack).toContain("node_modules");
    expect(filesOf(error).slice(0, 2)).toEqual([
      join(folder, "agent.mjs"),
      join(folder, "agent.mjs"),
    ]);
  });

  test("leave out those of step-log", () => {
    const sink = memorySink();
    const log = new StepLog({ sink, run: false });
    const fail = () => {
      throw new Error("e");
    };
    const error = caught(() => log.tool("t", 1, fail));
    expect((error as Error).stack).toMatch(/core[\\/]src[\\/]/);
    expect(filesOf(error).every((file) => file === import.meta.filename)).toBe(true);
  });

  const V8 = "Error: boom";
  test.each<[string, string[], (object | null)[]]>([
    [
      "of V8",
      [
        V8,
        "    at load (/app/agent.js:10:5)",
        "    at async Object.run [as go] (/app/b.js:2:1)",
        "    at new Tool (/app/c.js:3:1)",
      ],
      [
        { function: "load", file: "/app/agent.js", line: 10, column: 5 },
        { function: "Object.run [as go]", file: "/app/b.js", line: 2, column: 1 },
        { function: "new Tool", file: "/app/c.js", line: 3, column: 1 },
      ],
    ],
    [
      "without a function",
      [V8, "    at /app/agent.js:10:5", "    at async file:///app/b.js:2:1"],
      [
        { function: null, file: "/app/agent.js", line: 10, column: 5 },
        { function: null, file: "/app/b.js", line: 2, column: 1 },
      ],
    ],
    [
      "of Windows, with parentheses and drives",
      [
        V8,
        "    at load (C:\\Program Files (x86)\\app\\a.js:1:2)",
        "    at C:\\Program Files (x86)\\app\\b.js:3:4",
        "    at run (file:///D:/app/c.js:5:6)",
      ],
      [
        { function: "load", file: "C:\\Program Files (x86)\\app\\a.js", line: 1, column: 2 },
        { function: null, file: "C:\\Program Files (x86)\\app\\b.js", line: 3, column: 4 },
        { function: "run", file: "D:/app/c.js", line: 5, column: 6 },
      ],
    ],
    [
      "of JavaScriptCore and Firefox",
      [
        "load@/app/@scope/agent.js:10:5",
        "parse@[native code]",
        "@file:///app/b.js:2:1",
        "async run@/app/c.js:3:1",
      ],
      [
        { function: "load", file: "/app/@scope/agent.js", line: 10, column: 5 },
        { function: null, file: "/app/b.js", line: 2, column: 1 },
        { function: "run", file: "/app/c.js", line: 3, column: 1 },
      ],
    ],
    [
      "of Bun",
      [
        "TypeError: boom",
        "    at <parse> (:0)",
        "    at parse (unknown)",
        "    at map (native:1:11)",
        "    at load (/app/agent.ts:4:29)",
      ],
      [{ function: "load", file: "/app/agent.ts", line: 4, column: 29 }],
    ],
    [
      "of Deno",
      [
        "TypeError: boom",
        "    at open (ext:deno_fs/30_fs.js:1:2)",
        "    at load (file:///app/agent.ts:4:29)",
      ],
      [{ function: "load", file: "/app/agent.ts", line: 4, column: 29 }],
    ],
    [
      "of a browser",
      [V8, "    at load (https://example.com/app.js?v=1:1:20)"],
      [{ function: "load", file: "https://example.com/app.js?v=1", line: 1, column: 20 }],
    ],
    [
      "of code made at run time, which is passed over",
      [
        V8,
        "    at eval (eval at run (/app/a.js:3:5), <anonymous>:1:7)",
        "    at run (/app/a.js:3:5)",
      ],
      [{ function: "run", file: "/app/a.js", line: 3, column: 5 }],
    ],
    [
      "of installed packages, which are passed over",
      [
        V8,
        "    at a (/app/node_modules/x/a.js:1:1)",
        "    at b (C:\\app\\node_modules\\x\\b.js:1:1)",
        "    at c (node:fs:1:1)",
        "    at d (/app/.pnpm/y/node_modules/y/d.js:1:1)",
        "    at e (/app/e.js:1:1)",
      ],
      [{ function: "e", file: "/app/e.js", line: 1, column: 1 }],
    ],
    [
      "that are no frames",
      [V8, "at a (/app/a.js:1:1)", "    at b", "    at c (/app/c.js)", "nonsense"],
      [],
    ],
  ])("%s", (_, lines, frames) => {
    expect(errorContext(withStack(...lines)).frames).toEqual(frames);
  });

  test("begin behind the message, also where it looks like frames", () => {
    const error = new Error("remote:\n    at evil (/elsewhere.js:1:1)");
    expect(new Set(filesOf(error))).toEqual(new Set([import.meta.filename]));
  });

  test("are found behind a message of a megabyte", () => {
    expect(filesOf(new Error("x".repeat(1_000_000)))[0]).toBe(import.meta.filename);
  });

  test("are found where the message is empty or has changed", () => {
    expect(filesOf(new Error())[0]).toBe(import.meta.filename);
    expect(filesOf(Object.assign(new Error("a"), { message: "b" }))[0]).toBe(import.meta.filename);
  });

  test.each([
    ["names", `    at ${"a (".repeat(600)}:1:1`],
    ["positions", `    at ${":1:1".repeat(500)} `],
    ["both", `    at ${" (:1:1".repeat(330)}x)`],
    ["at signs", `${"@".repeat(1000)}${":1".repeat(500)}x`],
  ])("of a stack made to be slow, of %s, are searched in less than 50 ms", (_, line) => {
    const error = withStack(...Array(100).fill(line));
    // One of many, since others use the processor as well.
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 20 && best >= 50; i++) {
      const startedAt = performance.now();
      errorContext(error);
      best = Math.min(best, performance.now() - startedAt);
    }
    expect(best).toBeLessThan(50);
  });
});

describe("a thrown value that does not want to be read", () => {
  const fail = (): never => {
    throw new Error("trap");
  };
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();

  test.each<[string, unknown]>([
    [
      "a proxy that throws",
      new Proxy({}, { get: fail, getOwnPropertyDescriptor: fail, getPrototypeOf: fail, has: fail }),
    ],
    ["a revoked proxy", revoked],
    ["a proxy of an Error", new Proxy(new Error("e"), { get: fail })],
  ])("%s is an Object without a message", (_, thrown) => {
    expect(errorContext(thrown)).toEqual({
      type: "Object",
      message: "",
      code: null,
      frames: [],
      cause: null,
    });
    expect(errorMessage(thrown)).toBeUndefined();
  });

  test("has what can be read of it", () => {
    const error = Object.defineProperty(new RangeError("kept"), "stack", { get: fail });
    expect(errorContext(error)).toMatchObject({ type: "RangeError", message: "kept", frames: [] });
    expect(errorContext({ message: { toString: fail }, errors: revoked, stack: 7 })).toMatchObject({
      message: "",
      frames: [],
    });
  });
});
