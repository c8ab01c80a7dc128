import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createTap } from "../src/create-tap.ts";
import { serve, serveBody } from "./serve.ts";

/** Chunks that are handed out one by one, when they are asked for. */
function source(chunks: readonly unknown[], options: { type?: "bytes" } = {}) {
  const seen = { pulls: 0, cancelled: undefined as unknown };
  const stream = new ReadableStream(
    {
      ...(options as { type: "bytes" }),
      pull(controller) {
        const chunk = chunks[seen.pulls++];
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
      },
      cancel(reason) {
        seen.cancelled = reason;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** A tap before something that answers with a response that is already there. */
function before(response: Response) {
  return createTap({ fetch: async () => response });
}

describe("what a consumer may look at of a response", () => {
  it("is the same object, with the same class, url, type, status and headers", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/old") return response.writeHead(302, { location: "/new" }).end();
      response.writeHead(201, "Made", { "set-cookie": ["a=1", "b=2"], "x-a": "1" });
      return response.end("hello");
    });
    let bare: Response | undefined;
    const tap = createTap({
      async fetch(...call) {
        bare = await fetch(...call);
        return bare;
      },
    });
    const response = await tap.fetch(`${url}/old`);
    expect(response).toBe(bare);
    expect(response).toBeInstanceOf(Response);
    expect(response.constructor).toBe(Response);
    expect(Object.keys(response)).toEqual([]);
    const { status, statusText, ok, redirected, type } = response;
    expect({ status, statusText, ok, redirected, type, url: response.url }).toEqual({
      status: 201,
      statusText: "Made",
      ok: true,
      redirected: true,
      type: "basic",
      url: `${url}/new`,
    });
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(() => response.headers.set("x-a", "2")).toThrow(TypeError); // as fetch gives them
    expect(response.body).toBe(response.body);
    expect(response.bodyUsed).toBe(false);
    expect(await response.text()).toBe("hello");
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(() => response.clone()).toThrow(TypeError);
    expect(tap.last?.response).toMatchObject({ status: 201, url: `${url}/new` });
    expect(tap.last?.request.url).toBe(`${url}/old`);
  });

  it.for(["text", "json", "arrayBuffer", "blob", "bytes"] as const)(
    "%s works as ever",
    async (as) => {
      const url = await serveBody('{"a":"é"}', "application/json");
      const tap = createTap();
      const [tapped, bare] = [await tap.fetch(url), await fetch(url)];
      if (!(as in bare)) return; // of an older runtime
      const read = (response: Response) => Reflect.apply(Reflect.get(response, as), response, []);
      const [a, b] = [await read(tapped), await read(bare)];
      if (a instanceof Blob && b instanceof Blob) {
        expect(a.type).toBe(b.type);
        expect(await a.text()).toBe(await b.text());
      } else {
        expect(a).toEqual(b);
      }
      expect(tap.last?.response?.body?.data).toBe('{"a":"é"}');
    },
  );

  it("formData works, and what is no JSON is refused as ever", async () => {
    const form = new FormData();
    form.set("a", "1");
    const tap = createTap({ fetch: async () => new Response(form) });
    expect((await (await tap.fetch("http://h/")).formData()).get("a")).toBe("1");
    const plain = createTap({ fetch: async () => new Response("{") });
    await expect((await plain.fetch("http://h/")).json()).rejects.toThrow(SyntaxError);
  });

  it("clones are clones: both can be read, and say the same", async () => {
    const url = await serveBody("hello", "text/plain");
    const tap = createTap();
    const response = await tap.fetch(url);
    const clone = response.clone();
    const third = clone.clone();
    expect(clone).toBeInstanceOf(Response);
    expect(clone.url).toBe(response.url);
    expect(clone.type).toBe("basic");
    expect(clone.status).toBe(200);
    expect(clone.headers.get("content-type")).toBe("text/plain");
    const texts = [await clone.text(), await response.text(), await third.text()];
    expect(texts).toEqual(["hello", "hello", "hello"]);
    expect(tap.all()).toHaveLength(1);
    expect(tap.last?.response?.body).toMatchObject({ bytes: 5, data: "hello" });
  });

  it.for([204, 304])("status %i has no body, and ends with its headers", async (status) => {
    const tap = createTap();
    const url = await serve((_, response) => response.writeHead(status).end());
    const response = await tap.fetch(url);
    expect(response.body).toBe(null);
    expect(tap.last).toMatchObject({ outcome: "complete", response: { status, body: null } });
  });
});

describe("a stream", () => {
  it.for(["bytes", undefined] as const)("of type %s passes chunk for chunk", async (type) => {
    const parts = ["a", "bc", "", "def"].filter((part) => type === undefined || part !== "");
    const { stream } = source(parts.map(bytes), type ? { type } : {});
    const tap = before(new Response(stream));
    const got: string[] = [];
    const response = await tap.fetch("http://h/");
    for await (const chunk of response.body ?? []) got.push(new TextDecoder().decode(chunk));
    expect(got).toEqual(parts);
    expect(tap.last?.response?.body).toMatchObject({ bytes: 6, data: "abcdef" });
  });

  it("is pulled when its consumer asks, and no earlier", async () => {
    const { stream, seen } = source([bytes("a"), bytes("b"), bytes("c")]);
    const response = await before(new Response(stream)).fetch("http://h/");
    const reader = response.body?.getReader();
    expect(seen.pulls).toBe(0);
    await reader?.read();
    expect(seen.pulls).toBe(1);
    await reader?.read();
    expect(seen.pulls).toBe(2);
  });

  it("can be read into a buffer of the consumer's own", async () => {
    const url = await serveBody("hello", "text/plain");
    const tap = createTap();
    const reader = (await tap.fetch(url)).body?.getReader({ mode: "byob" });
    const { value } = (await reader?.read(new Uint8Array(3))) ?? {};
    expect(new TextDecoder().decode(value)).toBe("hel");
    const rest = await reader?.read(new Uint8Array(8));
    expect(new TextDecoder().decode(rest?.value)).toBe("lo");
    expect(await reader?.read(new Uint8Array(8))).toMatchObject({ done: true });
    expect(tap.last).toMatchObject({ outcome: "complete", response: { body: { data: "hello" } } });
  });

  it("goes through pipes, tees and Node's streams", async () => {
    const url = await serveBody("hello", "text/plain");
    const tap = createTap();
    const piped = (await tap.fetch(url)).body?.pipeThrough(new TextDecoderStream());
    expect(await piped?.getReader().read()).toEqual({ done: false, value: "hello" });
    const [left, right] = (await tap.fetch(url)).body?.tee() ?? [];
    expect(await new Response(left).text()).toBe("hello");
    expect(await new Response(right).text()).toBe("hello");
    const body = (await tap.fetch(url)).body as Parameters<typeof Readable.fromWeb>[0];
    expect((await Readable.fromWeb(body).toArray()).join("")).toBe("hello");
    expect(tap.all().map((call) => call.response?.body?.data)).toEqual(["hello", "hello", "hello"]);
  });

  it("passes cancelling on, with its reason", async () => {
    const { stream, seen } = source([bytes("a"), bytes("b")]);
    const tap = before(new Response(stream));
    const reader = (await tap.fetch("http://h/")).body?.getReader();
    await reader?.read();
    await reader?.cancel("enough");
    expect(seen.cancelled).toBe("enough");
    expect(tap.last).toMatchObject({
      outcome: "cancelled",
      error: null,
      response: { body: { bytes: null, data: "…[truncated]" } },
    });
  });

  it("passes the error of its source on, the same object", async () => {
    const error = new Error("broken");
    const stream = new ReadableStream({
      start: (controller) => controller.enqueue(bytes("a ")),
      pull: (controller) => controller.error(error),
    });
    const tap = before(new Response(stream));
    const reader = (await tap.fetch("http://h/")).body?.getReader();
    expect(await reader?.read()).toMatchObject({ done: false });
    await expect(reader?.read()).rejects.toBe(error);
    await expect(reader?.closed).rejects.toBe(error);
    expect(tap.last).toMatchObject({ outcome: "failed", error: "broken" });
  });

  it("tells at once of an error while nobody reads", async () => {
    let controller: ReadableStreamDefaultController | undefined;
    const stream = new ReadableStream({
      start(own) {
        controller = own;
      },
    });
    const reader = (await before(new Response(stream)).fetch("http://h/")).body?.getReader();
    controller?.error("gone");
    await expect(reader?.closed).rejects.toBe("gone");
  });

  it("keeps memory bounded while a slow consumer reads a fast source", async () => {
    const chunk = new Uint8Array(65_536);
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        sent += chunk.length;
        if (sent > 300 * 2 ** 20) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const tap = createTap({ fetch: async () => new Response(stream), maxBodyBytes: 4096 });
    const reader = (await tap.fetch("http://h/")).body?.getReader();
    let got = 0;
    for (let part = await reader?.read(); !part?.done; part = await reader?.read()) {
      got += part?.value.length ?? 0;
      expect(sent - got).toBeLessThanOrEqual(2 * chunk.length);
    }
    expect(got).toBe(300 * 2 ** 20);
    expect(tap.last?.response?.body?.bytes).toBe(got);
    expect(tap.last?.response?.body?.data).toHaveLength(4096 + "…[truncated]".length);
  });

  it("that is not read to its end is open, and not among those that have ended", async () => {
    const { stream } = source([bytes("a")]);
    const tap = before(new Response(stream));
    await tap.fetch("http://h/");
    expect(tap.stats().open).toBe(1);
    expect(tap.all()).toEqual([]);
  });
});

describe("the promise of a call", () => {
  it("rejects with the very error of the base, also where that throws at once", async () => {
    const error = new TypeError("fetch failed");
    const tap = createTap({ fetch: () => Promise.reject(error) });
    await expect(tap.fetch("http://h/")).rejects.toBe(error);
    const throwing = createTap({
      fetch() {
        throw error;
      },
    });
    expect(() => throwing.fetch("http://h/")).toThrow(error);
    for (const { last } of [tap, throwing]) {
      expect(last).toMatchObject({ outcome: "failed", error: "fetch failed", response: null });
      expect(last?.error_context).toMatchObject({ type: "TypeError" });
    }
  });

  it("rejects when a signal stops it, before the headers and within the body", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200);
      response.write("a ");
    });
    const tap = createTap();
    const early = AbortSignal.abort(new Error("never"));
    await expect(tap.fetch(url, { signal: early })).rejects.toThrow("never");
    const late = new AbortController();
    const response = await tap.fetch(url, { signal: late.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    late.abort();
    await expect(reader?.read()).rejects.toMatchObject({ name: "AbortError" });
    expect(tap.all().map(({ outcome }) => outcome)).toEqual(["aborted", "aborted"]);
    expect(tap.last?.response?.body?.bytes).toBe(null);
  });

  it("is the base's own where a mock gives something that is no Response", async () => {
    const mock = { ok: true, json: async () => ({ a: 1 }) };
    const tap = createTap({ fetch: async () => mock as unknown as Response });
    expect(await tap.fetch("http://h/")).toBe(mock);
    expect(tap.stats()).toMatchObject({ unseen: 1, failures: 0 });
    const nothing = createTap({
      fetch: async () => undefined as unknown as Response,
      onError() {},
    });
    expect(await nothing.fetch("http://h/")).toBe(undefined);
    expect(nothing.last?.outcome).toBe("unfinished");
  });

  it("gives a frozen response as it is, with what can be seen of it", async () => {
    const frozen = Object.freeze(new Response("hello"));
    const tap = before(frozen);
    expect(await tap.fetch("http://h/")).toBe(frozen);
    expect(await frozen.text()).toBe("hello");
    expect(tap.last).toMatchObject({ outcome: "complete", response: { status: 200 } });
    expect(tap.last?.response?.body?.data).toBe("hello");
  });

  it("gives a response that somebody reads already as it is, with what can be seen of it", async () => {
    const response = new Response("hello");
    const reader = response.body?.getReader();
    const tap = before(response);
    expect(await tap.fetch("http://h/")).toBe(response);
    expect(await reader?.read()).toMatchObject({ done: false });
    expect(tap.last?.truncated).toEqual([
      { path: "/response/body/data", bytes: null, sha256: null },
    ]);
    expect(tap.stats().unseen).toBe(1);
  });
});
