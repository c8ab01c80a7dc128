import { describe, expect, it } from "vitest";
import { bodyBytes } from "../src/calls/body-bytes.ts";
import { createTap } from "../src/create-tap.ts";
import type { TapOptions } from "../src/tap-options.ts";
import { serve } from "./serve.ts";

// No real ones, but of the shapes that such have.
const SECRET = "q7Rz2LmX9vTb4KdWq7Rz2LmX9vTb4KdW";
const KEYS = [
  `sk-ant-api03-${SECRET}`,
  `AIza${SECRET}abc`,
  `ghp_${SECRET}abcd`,
  `Bearer ${SECRET}`,
];

/** The record of a call to a server that sends the request's body back. */
async function recorded(
  url: string,
  init: NonNullable<Parameters<typeof fetch>[1]>,
  options: TapOptions = {},
  headers: Record<string, string> = {},
) {
  const base = await serve((_, response, body) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.end(body);
  });
  const tap = createTap(options);
  const answer = await (await tap.fetch(base + url, init)).text();
  await tap.flush();
  return { record: tap.last, text: JSON.stringify(tap.last), answer, base };
}

describe("credentials", () => {
  it("are in no part of a record, and reach the server as they are", async () => {
    const body = JSON.stringify({
      api_key: SECRET,
      text: KEYS.join(" "),
      nested: '{"password":"hunter22"}',
    });
    const { text, answer } = await recorded(
      `/a?key=${SECRET}&access_token=${SECRET}&X-Amz-Signature=${SECRET}&page=2#token=${SECRET}`,
      {
        method: "POST",
        headers: {
          authorization: KEYS[3] ?? "",
          "x-api-key": SECRET,
          cookie: `a=${SECRET}`,
          "x-own": SECRET,
        },
        body,
      },
      {},
      { "set-cookie": `session=${SECRET}`, location: `/b?token=${SECRET}` },
    );
    expect(answer).toBe(body);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain("hunter22");
    expect(text).toContain("page=2");
  });

  it("are not in what a failed call says", async () => {
    const cause = new Error(`refused ${KEYS[0]}`);
    const error = new TypeError(`fetch failed for ${KEYS[2]}`, { cause });
    const tap = createTap({ fetch: () => Promise.reject(error) });
    await expect(tap.fetch("http://h/")).rejects.toBe(error);
    expect(tap.last?.error).toBe("fetch failed for [REDACTED:github-token]");
    expect(tap.last?.error_context?.cause?.message).toBe("refused [REDACTED:anthropic-key]");
    expect(JSON.stringify(tap.last)).not.toContain(SECRET);
  });

  it("are found among bytes that are no text, and the other bytes stay as they are", async () => {
    const [before, after] = [new Uint8Array([255, 0, 200]), new Uint8Array([129, 141, 254])];
    const body = new Uint8Array([...before, 32, ...Buffer.from(KEYS[0] ?? ""), 32, ...after]);
    const { record } = await recorded("/", { method: "POST", body });
    const kept = Buffer.from(bodyBytes(record?.request.body ?? null));
    expect(kept.toString("latin1")).toBe(
      `${Buffer.from(before).toString("latin1")} [REDACTED:anthropic-key] ${Buffer.from(after).toString("latin1")}`,
    );
    expect(record?.request.body?.bytes).toBe(body.length);
  });

  it("that a cut runs through are left out whole", async () => {
    const body = `say ${KEYS[0]}`;
    const { text } = await recorded("/", { method: "POST", body }, { maxBodyBytes: 20 });
    expect(text).toContain('"say …[truncated]"');
  });

  it("of one's own can be named", async () => {
    const { text } = await recorded(
      "/?ssn=078-05-1120",
      { method: "POST", body: '{"customer_ssn":"078-05-1120","id":"case-77"}' },
      { redact: { names: ["ssn", "customerSsn"], patterns: [/case-\d+/] } },
    );
    expect(text).not.toMatch(/078-05|case-77/);
  });

  it("are kept where redact is false, but for headers that are not listed", async () => {
    const { text } = await recorded(
      `/?key=${SECRET}`,
      {
        method: "POST",
        body: KEYS[0] ?? "",
        headers: { "x-api-key": "hidden", "x-my-own": "shown" },
      },
      { redact: false, headers: ["X-My-*"] },
    );
    expect(text).toContain(`key=${SECRET}`);
    expect(text).toContain(`"data":"${KEYS[0]}"`);
    expect(text).not.toContain("hidden");
    expect(text).toContain('"x-my-own":"shown"');
  });

  it("stay out of headers whatever is listed", async () => {
    const headers = {
      "x-api-key": SECRET,
      authorization: KEYS[3] ?? "",
      "x-a": KEYS[0] ?? "",
      "x-b": "b",
    };
    const { record } = await recorded("/", { headers }, { headers: ["*"] });
    expect(record?.request.headers).toMatchObject({
      "x-api-key": "[REDACTED:named]",
      authorization: "[REDACTED:named]",
      "x-a": "[REDACTED:anthropic-key]",
      "x-b": "b",
    });
  });
});

describe("a call that goes wrong before it begins", () => {
  it("fails as it would without a tap", async () => {
    const tap = createTap({ onError() {} });
    const stream = new ReadableStream({ start: (controller) => controller.close() });
    const input = {
      toString: () => {
        throw new Error("mine");
      },
    } as unknown as string;
    const init = { method: "POST", body: stream, duplex: "half" as const };
    await expect(tap.fetch(input, init)).rejects.toThrow();
    expect(stream.locked).toBe(false);
    await expect(tap.fetch("no url")).rejects.toThrow(TypeError);
    await expect(tap.fetch("http://h/", { method: "GET", body: "a" })).rejects.toThrow(TypeError);
    await expect(tap.fetch("http://127.0.0.1:1/")).rejects.toThrow(TypeError);
    expect(tap.last).toMatchObject({ outcome: "failed", response: null });
  });
});
