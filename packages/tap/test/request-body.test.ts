import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createTap } from "../src/create-tap.ts";
import { serve } from "./serve.ts";

/** What a server got of a call, and what the tap recorded of it. */
async function sent(input: (url: string) => Parameters<typeof fetch>, options = {}) {
  let got: Buffer = Buffer.alloc(0);
  let type: string | undefined;
  let length: string | undefined;
  const url = await serve((request, response, body) => {
    got = body;
    type = request.headers["content-type"];
    length = request.headers["content-length"];
    response.end();
  });
  const tap = createTap(options);
  await (await tap.fetch(...input(url))).text();
  await tap.flush();
  const { request, truncated } = tap.last ?? {};
  return { got, type, length, request, truncated, stats: tap.stats() };
}

const post =
  (body: BodyInit, more: object = {}) =>
  (url: string): Parameters<typeof fetch> => [url, { method: "POST", body, ...more }];

type BodyInit = NonNullable<NonNullable<Parameters<typeof fetch>[1]>["body"]>;

describe("the body of a request", () => {
  it.for<[string, BodyInit, string]>([
    ["text", "hé \ud800 ", "text/plain;charset=UTF-8"],
    [
      "URLSearchParams",
      new URLSearchParams({ a: "é" }),
      "application/x-www-form-urlencoded;charset=UTF-8",
    ],
    ["Blob", new Blob(["hé"], { type: "text/a" }), "text/a"],
  ])("as a %s is recorded as it is sent, with its type", async ([, body, type]) => {
    const result = await sent(post(body));
    expect(result.request?.body).toEqual({
      bytes: result.got.length,
      encoding: "utf8",
      data: result.got.toString("utf8"),
    });
    expect(result.type?.toLowerCase()).toBe(type.toLowerCase());
    expect(result.request?.headers["content-type"]?.toLowerCase()).toBe(type.toLowerCase());
    expect(result.truncated).toBeUndefined();
  });

  it("as bytes is copied when the call begins", async () => {
    const bytes = new Uint8Array([0, 104, 105, 255]);
    const tap = createTap({
      async fetch() {
        bytes.fill(7);
        return new Response();
      },
    });
    await tap.fetch("http://h/", { method: "POST", body: bytes.subarray(1) });
    const data = Buffer.from([104, 105, 255]).toString("base64");
    expect(tap.last?.request.body).toEqual({ bytes: 3, encoding: "base64", data });
    await tap.fetch("http://h/", { method: "POST", body: new Uint8Array([1, 2]).buffer });
    expect(tap.last?.request.body).toMatchObject({ bytes: 2, data: "\u0001\u0002" });
  });

  it("as a form is recorded with the boundary of the tap's own type", async () => {
    const form = new FormData();
    form.set("name", "é");
    form.set("file", new File(["content"], "a.txt"));
    const result = await sent(post(form));
    const { body, headers } = result.request ?? {};
    const own = /boundary=(.*)$/.exec(headers?.["content-type"] ?? "")?.[1] ?? "?";
    const theirs = /boundary=(.*)$/.exec(result.type ?? "")?.[1] ?? "?";
    expect(body?.data.replaceAll(own, "B")).toBe(result.got.toString().replaceAll(theirs, "B"));
    expect(body?.data).toContain("content");
  });

  it("as a stream is recorded as it goes by, pulled by the transport alone", async () => {
    let pulls = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (pulls++ < 3) controller.enqueue(new TextEncoder().encode(`part ${pulls} `));
        else controller.close();
      },
    });
    const result = await sent(post(body, { duplex: "half" }));
    expect(result.got.toString()).toBe("part 1 part 2 part 3 ");
    expect(result.request?.body).toMatchObject({ bytes: 21, data: "part 1 part 2 part 3 " });
  });

  it("of a Request is recorded, and sent with the length that it has without a tap", async () => {
    const headers = { "content-type": "text/x" };
    const result = await sent((url) => [
      new Request(url, { method: "PUT", body: "hello", headers }),
    ]);
    expect(result.got.toString()).toBe("hello");
    expect(result.length).toBe("5");
    expect(result.request).toMatchObject({
      method: "PUT",
      headers,
      body: { bytes: 5, data: "hello" },
    });
  });

  it("that only the transport understands is left alone, and said to be missing", async () => {
    const body = Readable.from(["a", "b"]) as unknown as BodyInit;
    const result = await sent(post(body, { duplex: "half" }));
    expect(result.got.toString()).toBe("ab");
    expect(result.truncated).toEqual([{ path: "/request/body/data", bytes: null, sha256: null }]);
    expect(result.stats.failures).toBe(0);
  });

  it("is cut where it is too long, at a word and a whole character", async () => {
    const text = `${"é".repeat(40)} password`;
    const result = await sent(post(text), { maxBodyBytes: 84 });
    expect(result.request?.body).toEqual({
      bytes: 89,
      encoding: "utf8",
      data: `${"é".repeat(40)} …[truncated]`,
    });
    const odd = await sent(post("é".repeat(600)), { maxBodyBytes: 1001 });
    expect(odd.request?.body?.data).toBe(`${"é".repeat(500)}…[truncated]`);
    expect(odd.truncated).toEqual([{ path: "/request/body/data", bytes: 1200, sha256: null }]);
    const none = await sent(post("hello"), { maxBodyBytes: 0 });
    expect(none.request?.body).toMatchObject({ bytes: 5, data: "…[truncated]" });
  });

  it("of a big Request is read only as far as it is kept", async () => {
    const big = new Blob(["a".repeat(3_000_000)]);
    const result = await sent((url) => [new Request(url, { method: "POST", body: big })], {
      maxBodyBytes: 1000,
    });
    expect(result.got.length).toBe(3_000_000);
    expect(result.request?.body?.bytes).toBe(null);
  });
});

describe("the headers and the URL of a request", () => {
  it("are those of the call's beginning", async () => {
    const headers = new Headers({ "content-type": "text/a", "x-api-key": "secret" });
    const tap = createTap({
      async fetch() {
        headers.set("content-type", "text/b");
        return new Response();
      },
    });
    for (const given of [headers, [["content-type", "text/a"]] as [string, string][]]) {
      headers.set("content-type", "text/a");
      await tap.fetch(new URL("http://h/a?b=1"), { headers: given });
      expect(tap.last?.request.headers["content-type"]).toBe("text/a");
      expect(tap.last?.request.url).toBe("http://h/a?b=1");
      expect(tap.last?.request.method).toBe("GET");
    }
  });
});
