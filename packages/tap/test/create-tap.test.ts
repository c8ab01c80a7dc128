import {
  memorySink,
  provideRunContext,
  type Sink,
  StepLog,
  type WireCallRecord,
} from "@step-log/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTap } from "../src/create-tap.ts";
import type { TapOptions } from "../src/tap-options.ts";

const MESSAGE = JSON.stringify({
  type: "message",
  id: "msg_1",
  model: "claude-a",
  stop_reason: "end_turn",
  usage: { input_tokens: 3, output_tokens: 4 },
});
const answers =
  (body: string, init: ResponseInit = {}) =>
  async () =>
    new Response(body, init);
type ResponseInit = ConstructorParameters<typeof Response>[1];
const URL_OF_A_MODEL = "http://h/v1/messages";
const call = { method: "POST", body: '{"model":"claude-a"}' };

/** Makes a call and reads its answer. */
async function use(fetch: typeof globalThis.fetch, url = URL_OF_A_MODEL) {
  return (await fetch(url, call)).text();
}

/** A sink in which everything throws. */
const throwing: Sink = {
  get name(): string {
    throw new Error("name");
  },
  write() {
    throw new Error("write");
  },
  flush: () => Promise.reject(new Error("flush")),
  close: () => Promise.reject(new Error("close")),
};

describe("options", () => {
  it.for<[unknown, string]>([
    [null, "options must be an object, got object null"],
    [{ sink: {} }, "sink must be a Sink, such as memorySink(), got object"],
    [{ fetch: 1 }, "fetch must be a function, got number 1"],
    [{ maxBodyBytes: -1 }, "maxBodyBytes must be a whole number from 0, got number -1"],
    [{ keep: 0 }, "keep must be a whole number from 1, got number 0"],
    [{ keepBytes: 0.5 }, "keepBytes must be a whole number from 0, got number 0.5"],
    [{ headers: "x" }, "headers must be a list of texts, got string x"],
    [{ redact: 1 }, "redact must be a boolean, an object or a function, got number 1"],
    [{ apis: {} }, "apis must be a list of LlmApi, got object"],
    [{ onError: "log" }, "onError must be a function, got string log"],
  ])("%j are refused", ([options, message]) => {
    expect(() => createTap(options as TapOptions)).toThrow(new TypeError(`createTap: ${message}`));
  });
});

describe("a sink", () => {
  it("gets one record a call, numbered, under a writer of the tap's own", async () => {
    const sink = memorySink();
    const tap = createTap({ sink, fetch: answers(MESSAGE) });
    for (let i = 0; i < 3; i++) await use(tap.fetch);
    await tap.flush();
    const records = sink.records();
    expect(records.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(new Set(records.map(({ run_id: id }) => id)).size).toBe(1);
    expect(records[0]?.writer).toMatch(/^tap-[0-9a-f]{8}$/);
    expect(tap.all()).toEqual(records);
  });

  it("that throws changes nothing, and is counted", async () => {
    const heard: string[] = [];
    const tap = createTap({
      sink: throwing,
      fetch: answers(MESSAGE),
      onError: ({ code, lost }) => heard.push(`${code} ${lost}`),
    });
    tap.recordInto(new StepLog({ sink: throwing, run: false, onError() {} }));
    expect(await use(tap.fetch)).toBe(MESSAGE);
    expect(tap.all()).toEqual([]);
    expect(tap.stats()).toMatchObject({ calls: 1, recorded: 0, dropped: 1, open: 0 });
    expect(heard).toEqual(["RECORD_FAILED 1"]);
    await expect(tap.flush()).rejects.toThrow("flush");
  });

  it("is not needed", async () => {
    const tap = createTap({ fetch: answers(MESSAGE) });
    await use(tap.fetch);
    expect(tap.last?.response?.body?.data).toBe(MESSAGE);
    expect(tap.stats()).toMatchObject({ calls: 1, recorded: 0, dropped: 0 });
    await tap.flush();
  });
});

describe("what the user's own functions do", () => {
  it("reaches no call when they throw", async () => {
    const fail = (): never => {
      throw new Error("mine");
    };
    const api = { name: "mine", matches: fail, read: fail };
    const heard: string[] = [];
    const tap = createTap({
      fetch: answers(MESSAGE),
      link: fail,
      apis: [api],
      onError: ({ message }) => heard.push(message),
    });
    tap.recordInto(fail);
    expect(await use(tap.fetch)).toBe(MESSAGE);
    expect(tap.last?.outcome).toBe("complete");
    expect(tap.stats().failures).toBeGreaterThan(0);
    const broken = createTap({ fetch: answers(MESSAGE), redact: fail, onError: fail });
    expect(await use(broken.fetch)).toBe(MESSAGE);
    expect(broken.last).toBe(undefined);
    expect(broken.stats().dropped).toBe(1);
  });

  it("has the last word on a record, but not on whose it is", async () => {
    const tap = createTap({
      fetch: answers("secret"),
      redact: (record) => ({ ...record, run_id: "x", step: 99, error: "mine" }),
    });
    await use(tap.fetch);
    expect(tap.last).toMatchObject({ step: 1, type: "wire_call", error: "mine" });
    expect(tap.last?.run_id).not.toBe("x");
  });

  it("an API of one's own comes first", async () => {
    const sink = memorySink();
    const tap = createTap({
      fetch: answers('{"tokens":[5,6]}', { headers: { "content-type": "application/json" } }),
      apis: [
        {
          name: "mine",
          matches: ({ pathname }) => pathname === "/ask",
          read({ tokens }, facts) {
            [facts.inputTokens, facts.outputTokens] = tokens as [number, number];
          },
        },
      ],
    });
    tap.recordInto(new StepLog({ sink, run: false }));
    await use(tap.fetch, "http://h/ask");
    expect(sink.records().at(-1)).toMatchObject({
      type: "llm_call",
      model: "claude-a",
      input_tokens: 5,
      output_tokens: 6,
    });
  });
});

describe("the run that a call belongs to", () => {
  it("is that of link, of the log, of the run context, else the tap's own", async () => {
    const sink = memorySink();
    const wires = () =>
      sink.records().filter((it): it is WireCallRecord => it.type === "wire_call");
    const tap = createTap({ sink, fetch: answers(MESSAGE) });
    provideRunContext(() => ({ runId: "of-context" }));
    onTestFinished(() => provideRunContext(undefined));
    await use(tap.fetch);
    const linked = createTap({
      sink,
      fetch: answers(MESSAGE),
      link: () => ({ runId: "of-link", parentStep: 7 }),
    });
    await use(linked.fetch);
    const log = new StepLog({ sink, runId: "of-log", run: false });
    const end = tap.recordInto(log);
    log.recordEvent("first");
    await use(tap.fetch);
    end();
    await use(tap.fetch);
    await Promise.all([tap.flush(), linked.flush()]);
    expect(
      wires()
        .map(({ run_id, step, parent_step }) => [run_id, step, parent_step])
        .toSorted(),
    ).toEqual([
      ["of-context", 1, undefined],
      ["of-context", 2, undefined],
      ["of-link", 1, 7],
      ["of-log", 1, 2],
    ]);
  });

  it("is found anew for each call where a function finds the log", async () => {
    const sink = memorySink();
    const logs = ["a", "b"].map((runId) => new StepLog({ sink, runId, run: false }));
    const tap = createTap({ fetch: answers(MESSAGE) });
    let turn = 0;
    tap.recordInto(() => logs[turn++]);
    for (let i = 0; i < 3; i++) await use(tap.fetch);
    const calls = sink.records().filter(({ type }) => type === "llm_call");
    expect(calls.map(({ run_id: id }) => id)).toEqual(["a", "b"]);
    expect(logs[0]?.summarize()).toMatchObject({ llmCallCount: 1, totalTokens: 7 });
  });
});

describe("the exchanges that it has", () => {
  it("are bounded in number and in bytes, the last one is always there", async () => {
    const few = createTap({ fetch: answers(MESSAGE), keep: 2 });
    for (const path of ["/a", "/b", "/c"]) await use(few.fetch, `http://h${path}`);
    expect(few.all().map(({ request }) => request.url)).toEqual(["http://h/b", "http://h/c"]);
    const small = createTap({ fetch: answers(MESSAGE), keepBytes: 1 });
    for (const path of ["/a", "/b"]) await use(small.fetch, `http://h${path}`);
    expect(small.all().map(({ request }) => request.url)).toEqual(["http://h/b"]);
    small.reset();
    expect(small.all()).toEqual([]);
    expect(small.last).toBe(undefined);
  });

  it("are in a session from its beginning to its end", async () => {
    const tap = createTap({ fetch: answers(MESSAGE) });
    await use(tap.fetch, "http://h/before");
    const session = tap.session();
    await use(tap.fetch, "http://h/within");
    tap.reset();
    session.end();
    await use(tap.fetch, "http://h/after");
    expect(session.all().map(({ request }) => request.url)).toEqual(["http://h/within"]);
    expect(Symbol.dispose in session).toBe(true);
  });

  it("have times that follow each other", async () => {
    const tap = createTap({
      fetch: answers(`data: {"choices":[{"delta":{"content":"a"}}]}\n\n`, {
        headers: { "content-type": "text/event-stream" },
      }),
    });
    const before = Date.now() / 1000;
    await use(tap.fetch, "http://h/v1/chat/completions");
    const { last } = tap;
    const times = [
      0,
      last?.time_to_headers_ms,
      last?.time_to_first_byte_ms,
      last?.time_to_first_token_ms,
      last?.duration_ms,
    ];
    expect(times).toEqual(times.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
    expect(times).not.toContain(null);
    expect(last?.ts).toBeGreaterThanOrEqual(before);
  });
});

describe("tries of the same request", () => {
  it("are counted where no header tells, after a failure alone", async () => {
    const statuses = [503, 429, 200, 200];
    const tap = createTap({
      async fetch(input) {
        if (String(input).endsWith("/other")) return new Response();
        const status = statuses.shift();
        if (status === 503) throw new TypeError("fetch failed");
        return new Response("", { status: status ?? 200 });
      },
    });
    for (let i = 0; i < 4; i++) {
      await use(tap.fetch).catch(() => {});
      if (i === 0) await use(tap.fetch, "http://h/other");
    }
    const tries = tap.all().map(({ request, attempt }) => [request.url, attempt]);
    expect(tries).toEqual([
      [URL_OF_A_MODEL, 1],
      ["http://h/other", 1],
      [URL_OF_A_MODEL, 2],
      [URL_OF_A_MODEL, 3],
      [URL_OF_A_MODEL, 1],
    ]);
  });

  it.for([
    ["x-stainless-retry-count", "2", 3],
    ["amz-sdk-request", "attempt=2; max=3", 2],
    ["x-stainless-retry-count", "many", 1],
  ] as const)("are told by %s: %s", async ([name, value, attempt]) => {
    const tap = createTap({ fetch: answers("") });
    await (await tap.fetch("http://h/", { headers: { [name]: value } })).text();
    expect(tap.last?.attempt).toBe(attempt);
  });
});

describe("intercept", () => {
  it("takes the place of the global fetch and gives it back, just as it was", async () => {
    const original = Object.getOwnPropertyDescriptor(globalThis, "fetch");
    const target = { fetch: answers("a") as typeof fetch };
    const tap = createTap();
    const undo = tap.intercept(target);
    expect(await use(target.fetch)).toBe("a");
    undo();
    expect(await use(target.fetch)).toBe("a");
    expect(tap.stats().calls).toBe(1);
    const undoGlobal = tap.intercept();
    expect(globalThis.fetch).not.toBe(original?.value);
    undoGlobal();
    undoGlobal();
    expect(Object.getOwnPropertyDescriptor(globalThis, "fetch")).toEqual(original);
  });

  it("leaves alone who took its place since, and sees no more", async () => {
    const target = { fetch: answers("a") as typeof fetch };
    const tap = createTap();
    const undo = tap.intercept(target);
    const ours = target.fetch;
    const theirs: typeof fetch = (...args) => ours(...args);
    target.fetch = theirs;
    expect(await use(target.fetch)).toBe("a");
    undo();
    expect(target.fetch).toBe(theirs);
    expect(await use(target.fetch)).toBe("a");
    expect(tap.stats().calls).toBe(1);
  });

  it("of several taps each sees the call", async () => {
    const target = { fetch: answers("a") as typeof fetch };
    const taps = [createTap(), createTap()];
    for (const tap of taps) onTestFinished(tap.intercept(target));
    expect(await use(target.fetch)).toBe("a");
    const data = taps.map(({ last }) => [last?.outcome, last?.response?.body?.data]);
    expect(data).toEqual([
      ["complete", "a"],
      ["complete", "a"],
    ]);
  });

  it("sees a call of tap.fetch, or of a wrapped one, once", async () => {
    const target = { fetch: answers("a") as typeof fetch };
    const tap = createTap({ fetch: (...args) => target.fetch(...args) });
    onTestFinished(tap.intercept(target));
    await use(tap.fetch);
    await use(tap.wrap(tap.fetch));
    expect(tap.stats().calls).toBe(2);
  });
});
