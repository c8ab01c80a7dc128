import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bodyBytes } from "../src/calls/body-bytes.ts";
import { type Expected, expectedUsage } from "./expected-usage.ts";
import { through } from "./through.ts";

const data = fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const folder = join(data, "vercel-ai-fixtures");
const files = existsSync(folder) ? readdirSync(folder).toSorted() : [];

// Path of the API that a fixture is of, by the beginning of its name.
const PATHS: Readonly<Record<string, string>> = {
  anthropic: "/v1/messages",
  openaichat: "/v1/chat/completions",
  openaicompletion: "/v1/completions",
  openairesponses: "/v1/responses",
};

describe.skipIf(files.length === 0)("recorded responses (skipped without ../shared/data)", () => {
  it.for(files)("%s: passes, and is read", async (file) => {
    const [api = ""] = file.split("__");
    const text = readFileSync(join(folder, file), "utf8");
    const isStream = file.endsWith(".chunks.txt");
    const events = isStream ? firstStream(text.trimEnd().split("\n")) : [];
    const body = isStream ? framed(events, api) : text;
    const type = isStream ? "text/event-stream" : "application/json";
    const bytes = new TextEncoder().encode(body);
    const path = PATHS[api] ?? "/v1/other";

    const isError = !isStream && "error" in JSON.parse(text) && JSON.parse(text).error !== null;
    // An odd size, so that characters and lines come apart.
    const result = await through(`http://h${path}`, bytes, {
      type,
      size: 61,
      status: isError ? 400 : 200,
    });

    expect(Buffer.compare(result.got, bytes)).toBe(0);
    expect(result.stats).toMatchObject({ failures: 0, dropped: 0, unseen: 0 });
    // Nothing in them is a credential, so each byte is in the record.
    expect(result.wire?.response?.body?.bytes).toBe(bytes.length);
    const kept = bodyBytes(result.wire?.response?.body ?? null);
    expect(Buffer.compare(kept, bytes.subarray(0, kept.length))).toBe(0);
    expect(kept.length).toBe(bytes.length);
    if (PATHS[api] === undefined) return expect(result.call).toBeUndefined();
    const messages = (isStream ? events : [text]).flatMap(parsed);
    const expected: Expected = expectedUsage(api, messages);
    expect(result.call).toMatchObject(expected);
    if (isError) expect(result.call?.error).toMatch(/^HTTP 400, .*: /);
  });
});

/** Some files hold the streams of several calls, one behind the other. */
function firstStream(events: readonly string[]): readonly string[] {
  const last = /^\{"type":"(?:message_stop|response\.completed)"/;
  const end = events.findIndex((event) => last.test(event));
  return end < 0 ? events : events.slice(0, end + 1);
}

/** The message, none where it is no JSON: two events of the recordings lack their last brace. */
function parsed(json: string): unknown[] {
  try {
    return [JSON.parse(json)];
  } catch {
    return [];
  }
}

function framed(events: readonly string[], api: string): string {
  const named = api === "anthropic";
  const lines = events.map((event) =>
    named
      ? `event: ${/"type":"(\w+)"/.exec(event)?.[1]}\ndata: ${event}\n\n`
      : `data: ${event}\n\n`,
  );
  return lines.join("") + (api === "openaichat" ? "data: [DONE]\n\n" : "");
}
