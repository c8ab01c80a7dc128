import { describe, expect, it } from "vitest";
import type { BodyObserver } from "../src/observe/observed-stream.ts";
import { shadowResponse } from "../src/observe/shadow-response.ts";
import { serveBody } from "./serve.ts";

/** A response whose body is observed as on a runtime that reads it by itself, and what was heard. */
async function shadowed() {
  const heard: string[] = [];
  const observer: BodyObserver = {
    chunk: (bytes) => heard.push(new TextDecoder().decode(bytes)),
    ended: () => heard.push("ended"),
    failed: () => heard.push("failed"),
    cancelled: () => heard.push("cancelled"),
  };
  const url = await serveBody('{"a":1}', "application/json");
  const response = await fetch(url);
  if (response.body !== null) shadowResponse(response, response.body, observer);
  return { url, response, heard };
}

describe("a shadowed response", () => {
  it("is what it was, but for who answers for its body", async () => {
    const { url, response, heard } = await shadowed();
    expect(response).toBeInstanceOf(Response);
    expect(response.constructor).toBe(Response);
    const { status, ok, redirected, type, bodyUsed } = response;
    expect({ status, ok, redirected, type, bodyUsed, url: response.url }).toEqual({
      ...{ status: 200, ok: true, redirected: false, type: "basic", bodyUsed: false },
      url: `${url}/`,
    });
    expect(response.text.name).toBe("text");
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toEqual({ a: 1 });
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(heard).toEqual(['{"a":1}', "ended"]);
  });

  it("has clones that are shadowed, and are what it is", async () => {
    const { response, heard } = await shadowed();
    const clone = response.clone();
    expect(clone.url).toBe(response.url);
    expect(clone.type).toBe("basic");
    expect(await clone.text()).toBe('{"a":1}');
    expect(await response.text()).toBe('{"a":1}');
    expect(heard).toEqual(['{"a":1}', "ended"]);
  });

  it("hears of its stream, as of its cancelling", async () => {
    const { response, heard } = await shadowed();
    expect(response.body).toBe(response.body);
    await response.body?.cancel();
    expect(heard).toEqual(["cancelled"]);
  });

  it("leaves others of its class alone", async () => {
    await shadowed();
    expect(await new Response("other").text()).toBe("other");
    expect(Object.getPrototypeOf(new Response())).toBe(Response.prototype);
  });
});
