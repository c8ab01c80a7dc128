import { gunzipSync } from "node:zlib";
import {
  CEPH,
  faultProxy,
  LIGHT,
  PUT_FAULTS,
  type S3Server,
  seededShare,
} from "@step-log/s3-servers";
import { type ObjectStore, type S3Sink, s3Sink, s3Source } from "@step-log/s3-sink";
import { sinkCases, testRun } from "@step-log/sink-testkit";
import { AwsClient } from "aws4fetch";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fetchStore } from "../fetch-store.ts";

function storeOf({ accessKeyId, secretAccessKey }: S3Server, url: string): ObjectStore {
  return fetchStore({ bucketUrl: `${url}/logs`, accessKeyId, secretAccessKey });
}

async function linesIn(store: ObjectStore, prefix: string): Promise<string[]> {
  const { signal } = new AbortController();
  const lines: string[] = [];
  for await (const { key } of store.list(prefix, { signal })) {
    const pieces: Uint8Array[] = [];
    const { body } = await store.get(key, { signal });
    for await (const piece of body) pieces.push(piece);
    lines.push(...(gunzipSync(Buffer.concat(pieces)).toString().match(/.*\n/g) ?? []));
  }
  return lines;
}

describe.each([LIGHT, CEPH])("$name", ({ missing, start }) => {
  let server: S3Server;
  beforeAll(async () => {
    if (missing !== undefined) return;
    server = await start();
    const { accessKeyId, secretAccessKey } = server;
    const client = new AwsClient({ accessKeyId, secretAccessKey, service: "s3" });
    await client.fetch(`${server.url}/logs`, { method: "PUT" });
  }, 120_000);
  afterAll(() => server?.close());
  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing);
  });

  const cases = sinkCases<S3Sink>({
    create: ({ id }) => s3Sink(`s3://logs/${id}/`, { store: storeOf(server, server.url) }),
    read: (_, { id }) => linesIn(storeOf(server, server.url), `${id}/`),
    faults: { none: "the tests of s3-sink make stores fail" },
    optional: ["stats", "onError"],
  });
  for (const { group, name, skip, run } of cases) {
    it(`${group}: ${name}`, { timeout: 60_000 }, async (context) => {
      if (skip !== undefined) context.skip(skip);
      await run();
    });
  }

  it("loses and doubles nothing when half of the requests fail, in any way", async () => {
    const proxy = await faultProxy(server.url, seededShare(1, 0.5, PUT_FAULTS));
    const store = storeOf(server, proxy.url);
    const options = { store, partBytes: 4_096, requestTimeoutMs: 500, deadlineMs: 60_000 };
    const sink = s3Sink("s3://logs/faults/", { ...options, onError: () => {} });
    for (const entry of testRun("run", 500)) sink.write(entry);
    await sink.close();
    await proxy.close();
    const steps: number[] = [];
    const source = s3Source("s3://logs/faults/", { store: storeOf(server, server.url) });
    for await (const item of source.read("run")) {
      if (item.type !== "bad_line") steps.push(item.step);
    }
    expect(steps).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  }, 90_000);

  it("lists page by page, gives ranges, and knows what is not there", async () => {
    const store = storeOf(server, server.url);
    const { signal } = new AbortController();
    const body = Buffer.from("0123456789");
    const put = { contentType: "text/plain", metadata: { note: "1" }, ifNoneMatch: true, signal };
    for (const name of ["a", "b", "c&d"]) await store.put(`pages/${name}`, body, put);
    await expect(store.put("pages/a", body, put)).rejects.toMatchObject({ status: 412 });
    const keys: string[] = [];
    for await (const { key, size } of store.list("pages/", { signal, limit: 1 })) {
      keys.push(key);
      expect(size).toBe(10);
    }
    expect(keys).toEqual(["pages/a", "pages/b", "pages/c&d"]);
    const got = await store.get("pages/a", { signal, range: { start: 2, end: 4 } });
    const pieces: Uint8Array[] = [];
    for await (const piece of got.body) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe("234");
    expect(got.metadata).toMatchObject({ note: "1" });
    await store.delete("pages/a", { signal });
    expect(await store.head("pages/a", { signal })).toBeUndefined();
    await expect(store.get("pages/a", { signal })).rejects.toMatchObject({ status: 404 });
  });
});
