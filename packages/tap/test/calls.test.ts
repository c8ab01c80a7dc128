import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { memorySink, parseRecord, recordIssues, type WireCallRecord } from "@step-log/core";
import { afterAll, describe, expect, it } from "vitest";
import { diff } from "../src/calls/diff.ts";
import { mockFetch } from "../src/calls/mock-fetch.ts";
import { toCurl } from "../src/calls/to-curl.ts";
import { toHar } from "../src/calls/to-har.ts";
import { createTap } from "../src/create-tap.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-curl-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Answer = {
  status?: number;
  body?: string | Uint8Array | null;
  headers?: Record<string, string>;
};
type Init = NonNullable<Parameters<typeof fetch>[1]>;

/** The record of a call, as it is read back from a log. */
async function recorded(
  url: string,
  init: Init,
  answer: Answer | Error = {},
): Promise<WireCallRecord> {
  const sink = memorySink();
  const tap = createTap({
    sink,
    async fetch() {
      if (answer instanceof Error) throw answer;
      const { status = 200, body = "ok", headers = {} } = answer;
      return new Response(body as string, { status, headers });
    },
  });
  await tap.fetch(url, init).then(
    (response) => response.text(),
    () => {},
  );
  await tap.flush();
  const record = parseRecord(sink.lines[0] ?? "") as WireCallRecord;
  expect(recordIssues(record)).toEqual([]);
  return record;
}

/** The arguments and the input that `curl` gets when a shell runs a command. */
function run(command: string, env: Record<string, string> = {}) {
  const out = join(folder, "out.json");
  const stub = `#!${process.execPath}
const input = process.stdin.isTTY ? "" : require("node:fs").readFileSync(0).toString("base64");
require("node:fs").writeFileSync(${JSON.stringify(out)}, JSON.stringify({ args: process.argv.slice(2), input }));`;
  writeFileSync(join(folder, "curl"), stub, { mode: 0o755 });
  rmSync(out, { force: true });
  const { status, stderr } = spawnSync("sh", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
    input: "",
    env: { PATH: `${folder}:${process.env["PATH"]}`, ...env },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { args, input } = JSON.parse(readFileSync(out, "utf8"));
  return { args, input };
}

describe("toCurl", () => {
  it("says what was sent, in one command, and takes secrets from the environment", async () => {
    const call = await recorded("http://h/v1?key=abc&a=[1]", {
      method: "POST",
      headers: { "X-Api-Key": "secret", "content-type": "application/json", "x-stainless-os": "" },
      body: `{"it's": "$(touch hacked) \`id\` \\\\ \\n!"}`,
    });
    const command = toCurl(call);
    expect(command).not.toMatch(/secret|abc/);
    expect(run(command, { X_API_KEY: "secret" }).args).toEqual([
      ...["--globoff", "--request", "POST"],
      ...["--url", "http://h/v1?key=[REDACTED:named]&a=[1]"],
      ...["--header", "content-type: application/json"],
      ...["--header", "x-api-key: secret"],
      ...["--header", "x-stainless-os;"],
      ...["--data-raw", `{"it's": "$(touch hacked) \`id\` \\\\ \\n!"}`],
    ]);
  });

  it("sends bytes as they were", async () => {
    const bytes = new Uint8Array([0, 255, 10, 39]);
    const call = await recorded("http://h/", { method: "PUT", body: bytes });
    expect(run(toCurl(call)).input).toBe(Buffer.from(bytes).toString("base64"));
  });

  it("makes nothing of a hostile record but texts, or refuses it", async () => {
    const call = await recorded("http://h/", { method: "POST", body: "a" });
    const evil = (request: Partial<WireCallRecord["request"]>): WireCallRecord => ({
      ...call,
      request: { ...call.request, ...request },
    });
    const url = "http://h/'; touch hacked; '";
    expect(
      run(toCurl(evil({ url, body: { bytes: 5, encoding: "utf8", data: "@/etc/passwd" } }))).args,
    ).toEqual(expect.arrayContaining([url, "--data-raw", "@/etc/passwd"]));
    const data = "'; touch hacked; '";
    run(toCurl(evil({ body: { bytes: 5, encoding: "utf8", data } })));
    for (const request of [
      { url: "file:///etc/passwd" },
      { url: "--output=x" },
      { method: "GET --output x" },
      { headers: { "@/etc/passwd": "" } },
      { headers: { "a b": "" } },
      { headers: { a: "b\r\nc: d" } },
    ]) {
      expect(() => toCurl(evil(request))).toThrow(TypeError);
    }
    const cut = { path: "/request/body/data", bytes: 9, sha256: null };
    expect(() => toCurl({ ...call, truncated: [cut] })).toThrow(/not in the record/);
    expect(spawnSync("ls", [folder], { encoding: "utf8" }).stdout).not.toContain("hacked");
  });
});

describe("diff", () => {
  it("tells what is not the same, value by value", async () => {
    const [a, b] = [
      await recorded("http://h/a?x=1&y=2", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"model":"m","messages":[{"role":"user","content":"a"}],"a/b~c":1}',
      }),
      await recorded("http://h/a?x=1&y=3", {
        method: "POST",
        headers: { "content-type": "application/json", "anthropic-beta": "z" },
        body: '{"model":"m","messages":[{"role":"user","content":"b"},1],"a/b~c":2}',
      }),
    ];
    expect(diff(a, b)).toEqual([
      { path: "/query/y", a: "2", b: "3" },
      { path: "/headers/anthropic-beta", a: undefined, b: "z" },
      { path: "/body/messages/0/content", a: "a", b: "b" },
      { path: "/body/messages/1", a: undefined, b: 1 },
      { path: "/body/a~1b~0c", a: 1, b: 2 },
    ]);
    expect(diff(a, a)).toEqual([]);
  });

  it("is bounded in number, and takes any depth", async () => {
    const list = await recorded("http://h/", {
      method: "POST",
      body: JSON.stringify(Array(5000).fill(1)),
    });
    const other = await recorded("http://h/", {
      method: "POST",
      body: JSON.stringify(Array(5000).fill(2)),
    });
    expect(diff(list, other)).toHaveLength(1000);
    const deep = (end: string) => ({
      method: "POST",
      body: "[".repeat(5000) + end + "]".repeat(5000),
    });
    const [c, d] = [await recorded("http://h/", deep("1")), await recorded("http://h/", deep("2"))];
    expect(diff(c, d)).toHaveLength(1);
    expect(diff(c, await recorded("http://h/", deep("1")))).toEqual([]);
  });
});

describe("toHar", () => {
  it("has what the format wants", async () => {
    const call = await recorded(
      "http://h/a?x=1#f",
      { method: "POST", headers: { "content-type": "text/a" }, body: "hé" },
      { status: 201, body: new Uint8Array([255]), headers: { "content-type": "image/png" } },
    );
    const { log } = toHar([call]);
    expect(log).toMatchObject({ version: "1.2", creator: { name: "step-log" } });
    const [entry] = log.entries;
    expect(new Date(entry?.startedDateTime ?? "").getTime()).toBeLessThanOrEqual(call.ts * 1000);
    const { send = 0, wait = 0, receive = 0 } = entry?.timings ?? {};
    expect(send + wait + receive).toBeCloseTo(entry?.time ?? 0, 6);
    expect(entry).toMatchObject({
      cache: {},
      request: {
        method: "POST",
        url: "http://h/a?x=1#f",
        httpVersion: "HTTP/1.1",
        cookies: [],
        headers: [{ name: "content-type", value: "text/a" }],
        queryString: [{ name: "x", value: "1" }],
        headersSize: -1,
        bodySize: 3,
        postData: { mimeType: "text/a", text: "hé" },
      },
      response: {
        status: 201,
        redirectURL: "",
        bodySize: 1,
        content: { size: 1, mimeType: "image/png", text: "/w==", encoding: "base64" },
      },
    });
    expect(entry).not.toHaveProperty("comment");
  });

  it("tells of a call without an answer", async () => {
    const call = await recorded("http://h/", {}, new Error("no route"));
    const [entry] = toHar([call]).log.entries;
    expect(entry?.response).toMatchObject({ status: 0, bodySize: 0, content: { size: 0 } });
    expect(entry?.comment).toBe("failed: no route");
  });
});

describe("mockFetch", () => {
  it("answers an SDK as the provider did, by its requests, each once", async () => {
    const ask = {
      model: "claude-a",
      max_tokens: 9,
      messages: [{ role: "user" as const, content: "a" }],
    };
    const message = { id: "m", type: "message", content: [], model: "claude-a", usage: {} };
    const calls: WireCallRecord[] = [];
    for (const content of ["a", "b"]) {
      const body = JSON.stringify({ ...ask, messages: [{ role: "user", content }] });
      const url = "https://api.anthropic.com/v1/messages";
      const answer = {
        body: JSON.stringify({ ...message, id: content }),
        headers: { "content-type": "application/json", "content-encoding": "gzip" },
      };
      calls.push(await recorded(url, { method: "POST", body }, answer));
    }
    const client = new Anthropic({ apiKey: "k", fetch: mockFetch(calls), maxRetries: 0 });
    const second = { ...ask, messages: [{ role: "user" as const, content: "b" }] };
    expect((await client.messages.create(second)).id).toBe("b");
    expect((await client.messages.create(second)).id).toBe("a"); // the one that is left
    await expect(client.messages.create(second)).rejects.toThrow("Connection error");
    const empty = mockFetch([])("https://h/");
    await expect(empty).rejects.toThrow("mockFetch: GET https://h/: only nothing is left");
  });

  it("gives status, url, bytes and errors again, and finds URLs whose credentials are not recorded", async () => {
    const bytes = new Uint8Array([255, 0]);
    const calls = [
      await recorded(
        "http://h/?key=abc&a=1",
        {},
        { status: 503, body: bytes, headers: { "retry-after": "1", "x-secret": "b" } },
      ),
      await recorded(
        "http://h/gone",
        {},
        Object.assign(new TypeError("fetch failed"), { code: "E1" }),
      ),
      await recorded("http://h/none", {}, { status: 204, body: null }),
    ];
    const mock = mockFetch(calls);
    const response = await mock("http://h/?key=other&a=1");
    expect(response.status).toBe(503);
    expect(response.url).toBe("http://h/?key=other&a=1");
    expect([...response.headers]).toEqual([["retry-after", "1"]]);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    await expect(mock("http://h/gone")).rejects.toMatchObject({
      name: "TypeError",
      message: "fetch failed",
      code: "E1",
    });
    expect((await mock("http://h/none")).status).toBe(204);
  });

  it("refuses an answer of which a part is missing", async () => {
    const call = await recorded("http://h/", {});
    const cut = { path: "/response/body/data", bytes: 9, sha256: null };
    expect(() => mockFetch([{ ...call, truncated: [cut] }])).toThrow(/GET http:\/\/h\/: a part/);
  });
});
