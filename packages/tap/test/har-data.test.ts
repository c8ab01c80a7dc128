import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, constants, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bodyBytes } from "../src/calls/body-bytes.ts";
import { expectedUsage } from "./expected-usage.ts";
import { through } from "./through.ts";

const folder = fileURLToPath(new URL("../../../../shared/data/openllmetry-har", import.meta.url));

interface Pair {
  readonly name: string;
  readonly value: string;
}

interface Entry {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: readonly Pair[];
    readonly postData?: { readonly text: string };
  };
  readonly response: {
    readonly status: number;
    readonly headers: readonly Pair[];
    readonly content: { readonly text?: string; readonly encoding?: string };
  };
}

const entries = (existsSync(folder) ? readdirSync(folder) : []).flatMap((file) => {
  const har: { log: { entries: Entry[] } } = JSON.parse(readFileSync(join(folder, file), "utf8"));
  return har.log.entries.map((entry) => ({ name: `${file} ${entry.request.url}`, entry }));
});

// Tokens read and written of the recordings whose bodies have a shape of their own.
const COUNTS: Readonly<Record<string, readonly [number | null, number | null, string]>> = {
  "/model/cohere.command-text-v14/invoke": [7, 149, "COMPLETE"],
  "/model/ai21.j2-ultra-v1/invoke": [6, 17, "endoftext"],
  "/model/meta.llama2-13b-chat-v1/invoke-with-response-stream": [9, 26, "stop"],
  "/model/us.anthropic.claude-3-7-sonnet-20250219-v1:0/invoke": [21, 67, "end_turn"],
  "/model/anthropic.claude-3-5-sonnet-20241022-v2-0/invoke": [23, 15, "end_turn"],
  "/v1beta/models/gemini-1.5-flash:generateContent": [12, 2, "STOP"],
};

describe.skipIf(entries.length === 0)("recorded exchanges (skipped without ../shared/data)", () => {
  it.for(entries)("$name: passes, and is read", async ({ entry }) => {
    const { request, response } = entry;
    const bytes = bodyOf(entry);
    const type = headerOf(response.headers, "content-type");

    const result = await through(request.url, bytes, {
      type,
      size: 61,
      status: response.status,
      method: request.method,
      body: request.postData?.text ?? null,
      requestHeaders: request.headers,
      headers: response.headers.filter(({ name }) => !/^content-|^transfer-/i.test(name)),
    });

    expect(Buffer.compare(result.got, bytes)).toBe(0);
    expect(result.stats).toMatchObject({ failures: 0, dropped: 0, unseen: 0 });
    const { wire, call } = result;
    // One has a secret, the signature of a signed URL; of the others each byte is in the record.
    const kept = Buffer.from(bodyBytes(wire?.response?.body ?? null));
    const safe = bytes.toString("latin1").replace(/(?<=[?&]sig=)[^&"\\]+/, "[REDACTED:named]");
    expect(kept.toString("latin1")).toBe(safe);
    expect(wire?.request.body?.data).toBe(request.postData?.text);
    for (const { name, value } of request.headers) {
      if (/key|auth|cookie|token/i.test(name)) expect(JSON.stringify(wire)).not.toContain(value);
    }

    const { pathname } = new URL(request.url);
    const counts = COUNTS[pathname];
    const api = /responses$/.test(pathname) ? "openairesponses" : "openaichat";
    if (counts !== undefined) {
      const [input_tokens, output_tokens, stop_reason] = counts;
      expect(call).toMatchObject({ input_tokens, output_tokens, stop_reason });
    } else if (/\/(?:completions|responses)$/.test(pathname)) {
      expect(call).toMatchObject(expectedUsage(api, messagesIn(bytes.toString())));
    } else {
      expect(call).toBeUndefined();
    }
  });
});

function messagesIn(body: string): unknown[] {
  if (!body.includes("data: ")) return [JSON.parse(body)];
  const events = [...body.matchAll(/^data: (\{.*\})$/gm)];
  return events.map(([, data = ""]) => JSON.parse(data));
}

/** The body as `fetch` gives it; some are recorded as they were compressed, in parts. */
function bodyOf({ response }: Entry): Buffer {
  const { text = "", encoding } = response.content;
  if (encoding !== "base64") return Buffer.from(text, "utf8");
  const parts: string[] = text.startsWith("[") ? JSON.parse(text) : [text];
  const raw = Buffer.concat(parts.map((part) => Buffer.from(part, "base64")));
  const how = headerOf(response.headers, "content-encoding");
  // One recording lacks its last bytes.
  if (how === "gzip") return gunzipSync(raw, { finishFlush: constants.Z_SYNC_FLUSH });
  return how === "br" ? brotliDecompressSync(raw) : raw;
}

function headerOf(headers: readonly Pair[], wanted: string): string {
  return headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? "";
}
