/** Values that no logger is glad to get, by name. Each is made anew, since some are large. */
export const HOSTILE: Readonly<Record<string, () => unknown>> = {
  "a cycle": () => {
    const value: Record<string, unknown> = { name: "a" };
    value["self"] = value;
    return value;
  },
  "a cycle through an array and a map": () => {
    const list: unknown[] = [];
    list.push(new Map<string, unknown>([["list", list]]));
    return list;
  },
  "two objects that hold each other": () => {
    const a: Record<string, unknown> = {};
    a["b"] = { a };
    return a;
  },
  "a getter that throws": () => ({
    fine: 1,
    get bad(): never {
      throw new Error("no");
    },
  }),
  "a getter that throws undefined": () => ({
    get bad(): never {
      throw undefined;
    },
  }),
  "a getter that throws a proxy whose message throws": () => ({
    get bad(): never {
      throw throwingProxy();
    },
  }),
  "a getter that answers something larger each time": () => {
    let size = 1;
    return {
      get more() {
        size *= 1000;
        return "x".repeat(Math.min(size, 50_000_000));
      },
    };
  },
  "a getter that makes a new level each time": () => endless(),
  "an array whose getter at an index throws": () =>
    Object.defineProperty([1, 2, 3], 1, {
      get() {
        throw new Error("no");
      },
    }),
  "a proxy that throws at everything": throwingProxy,
  "a proxy of an array that says it is endless": () =>
    new Proxy([], { get: (_, key) => (key === "length" ? 2 ** 53 - 1 : "item") }),
  "a proxy with 100,000 keys": () =>
    new Proxy(
      {},
      {
        ownKeys: () => Array.from({ length: 100_000 }, (_, i) => `k${i}`),
        getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
        get: () => 1,
      },
    ),
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  "a toJSON that throws": () => ({
    toJSON() {
      throw new Error("no");
    },
  }),
  "a toJSON that answers itself": () => {
    const value = {
      a: 1,
      toJSON() {
        return value;
      },
    };
    return value;
  },
  "a class whose toJSON answers itself": () =>
    new (class {
      a = 1;
      toJSON() {
        return this;
      }
    })(),
  "a toJSON that answers another toJSON, for ever": () => {
    const again = (): object => ({ toJSON: again });
    return again();
  },
  "a toJSON that answers undefined": () => ({ toJSON() {} }),
  "a toJSON that is no function": () => ({ toJSON: "text" }),
  "a depth of 10,000 objects": () => nested(10_000, (inner) => ({ inner })),
  "a depth of 100,000 arrays": () => nested(100_000, (inner) => [inner]),
  "a graph of 40 shared levels": () => {
    let level: unknown = { leaf: true };
    for (let i = 0; i < 40; i++) level = { left: level, right: level };
    return level;
  },
  "a buffer of 200 MB": () => Buffer.alloc(200_000_000),
  "typed arrays": () => [
    new Float64Array(3),
    new BigInt64Array(2),
    new DataView(new ArrayBuffer(2)),
  ],
  "a shared buffer": () => new Uint8Array(new SharedArrayBuffer(8)),
  "a detached buffer": () => {
    const buffer = new ArrayBuffer(8);
    structuredClone(buffer, { transfer: [buffer] });
    return [buffer, new Date()];
  },
  "a string of 100 million characters": () => "x".repeat(100_000_000),
  "a string of quotes that doubles in JSON": () => '"'.repeat(1_000_000),
  "a string of controls that grows sixfold": () => "\u0001".repeat(1_000_000),
  "a string of three-byte characters": () => "€".repeat(1_000_000),
  "a string that was put together from a million parts": () => {
    let text = "";
    for (let i = 0; i < 1_000_000; i++) text += "ab";
    return text;
  },
  "lone surrogates": () => ({
    "\ud800": "\udfff",
    cut: "a\ud83d",
    pair: "\ud83d\ude00",
    low: "\udc00x",
  }),
  "a backslash before what looks like a surrogate": () => "\\ud800 \\\\ud800 \\\\\ud800",
  "line separators and other controls": () =>
    "\u2028\u2029\u0085\u009b\u007f\u0000\u001b[31m\u202e\u2066\u200f\u061c\ufeff",
  "a sparse array of four billion": () => new Array(2 ** 32 - 1),
  "an array with holes and extra keys": () =>
    Object.assign(new Array(3), { 2: "last", extra: true }),
  "200,000 keys": () => Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [`k${i}`, i])),
  "a key of ten megabytes": () => ({ ["k".repeat(10_000_000)]: 1 }),
  "numbers that JSON has not": () => [
    Number.NaN,
    1 / 0,
    -1 / 0,
    -0,
    1e308 * 10,
    5e-324,
    2 ** 53 + 2,
  ],
  "a BigInt": () => ({ id: 12345678901234567890n }),
  "a BigInt of a hundred megabits": () => 1n << 100_000_000n,
  "undefined, in places": () => ({ a: undefined, list: [undefined, null], [Symbol("s")]: 1 }),
  "functions and symbols": () => ({ fn() {}, symbol: Symbol("x"), list: [() => 1, Symbol("y")] }),
  "a function": () => function named() {},
  "a class": () => class Secret {},
  "a symbol": () => Symbol("alone"),
  dates: () => [new Date(0), new Date(Number.NaN)],
  "a date whose toISOString throws": () =>
    Object.assign(new Date(), {
      toISOString() {
        throw new Error("no");
      },
    }),
  "maps and sets": () => [
    new Map([["a", 1]]),
    new Map<unknown, unknown>([[{}, 1]]),
    new Set([1, [2]]),
    new WeakMap(),
    new WeakSet(),
  ],
  "a set that never ends": () =>
    Object.assign(Object.create(Set.prototype), {
      *[Symbol.iterator]() {
        for (;;) yield 1;
      },
    }),
  "an object that says it is a map": () => ({ [Symbol.toStringTag]: "Map", a: 1 }),
  "a tag that throws": () =>
    new (class {
      get [Symbol.toStringTag](): string {
        throw new Error("no");
      }
    })(),
  "boxed values": () => [Object("text"), Object(1), Object(true), Object(1n), Object(Symbol("s"))],
  "what the web brings": () => [
    new URL("https://example.com/?a=1"),
    new Headers({ accept: "*/*" }),
    new URLSearchParams("a=1&a=2"),
    new Response("body"),
    new AbortController().signal,
    new TextEncoder(),
  ],
  "promises, generators, proxies of functions": () => [
    Promise.resolve(1),
    (function* () {})(),
    (async function* () {})(),
    new Proxy(() => {}, {}),
    globalThis,
  ],
  "regular expressions and errors": () => [
    /a+/gi,
    new Error("e"),
    new AggregateError([new Error("x")]),
  ],
  "an error that is its own cause": () => {
    const error: Error = new Error("loop");
    error.cause = error;
    return error;
  },
  "an error whose stack and message throw": () =>
    Object.defineProperties(Object.create(Error.prototype), {
      message: {
        get() {
          throw new Error("no");
        },
      },
      stack: {
        get() {
          throw new Error("no");
        },
      },
    }),
  "an object without a prototype": () => Object.assign(Object.create(null), { a: 1 }),
  "an object with an own __proto__": () =>
    JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'),
  "an object whose prototype is a proxy": () => Object.create(throwingProxy() as object),
  "names of the record's own keys": () => ({ run_id: "x", step: -1, type: "y", ts: "z" }),
  "text that looks like two records": () => '"}\n{"run_id":"forged","step":1,"type":"event"}',
  "an argument list": () =>
    (function (..._: number[]) {
      // biome-ignore lint/complexity/noArguments: that is the point
      return arguments;
    })(1, 2),
  "an object of another realm": () =>
    structuredClone({ list: [1], date: new Date(0), map: new Map() }),
};

function throwingProxy(): unknown {
  const fail = (): never => {
    throw new Error("trap");
  };
  return new Proxy(
    {},
    { get: fail, ownKeys: fail, getPrototypeOf: fail, has: fail, getOwnPropertyDescriptor: fail },
  );
}

function endless(): object {
  return {
    get next() {
      return endless();
    },
  };
}

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = "end";
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}
