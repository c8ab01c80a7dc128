import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CEPH, LIGHT, type S3Server, SWIFT } from "../src/index.ts";
import { clientOf } from "./client-of.ts";

type Ability = "conditions" | "streams";

const servers = [
  { ...LIGHT, lacks: [] as Ability[] },
  { ...CEPH, lacks: ["streams"] as Ability[] },
  { ...SWIFT, lacks: ["conditions", "streams"] as Ability[] },
];

// One set of cases for all servers, so that what passes against the light one means something.
describe.each(servers)("$name", ({ name, missing, start, lacks }) => {
  let server: S3Server;
  let client: S3Client;

  beforeAll(async () => {
    if (missing === undefined) server = await start();
  }, 120_000);
  afterAll(async () => {
    if (missing !== undefined) return;
    await server.close();
    // No process of it is left, also none that it has started.
    await expect(fetch(server.url)).rejects.toThrow("fetch failed");
  });
  beforeEach(async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    client = clientOf(server);
    await client.send(new CreateBucketCommand({ Bucket: "logs" })).catch(() => {});
  });

  const put = (Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}) =>
    client.send(new PutObjectCommand({ Bucket: "logs", Key, Body, ...more }));
  const get = async (Key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "logs", Key }));
    return Body?.transformToString();
  };

  test("gives back what was put, with its metadata", async () => {
    await put("given/a b+c%ü", "text ☕", { Metadata: { "sl-count": "3" }, ContentType: "text/x" });
    expect(await get("given/a b+c%ü")).toBe("text ☕");
    const head = await client.send(new HeadObjectCommand({ Bucket: "logs", Key: "given/a b+c%ü" }));
    expect(head).toMatchObject({
      ContentLength: 8,
      ContentType: "text/x",
      Metadata: { "sl-count": "3" },
    });
  });

  test("says of what is not there that it is not there", async () => {
    await expect(get("none")).rejects.toMatchObject({ name: "NoSuchKey" });
    const head = client.send(new HeadObjectCommand({ Bucket: "logs", Key: "none" }));
    await expect(head).rejects.toMatchObject({ name: "NotFound" });
    const list = client.send(new ListObjectsV2Command({ Bucket: "no-such-bucket" }));
    await expect(list).rejects.toMatchObject({ name: "NoSuchBucket" });
  });

  test("refuses a body that is not what its MD5 says", async () => {
    const ContentMD5 = createHash("md5").update("other").digest("base64");
    await expect(put("md5", "body", { ContentMD5 })).rejects.toMatchObject({ name: "BadDigest" });
    await expect(get("md5")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  test("lets one of many win who put on condition that there is none", async ({ skip }) => {
    if (lacks.includes("conditions")) skip(`${name} has no conditions on writes`);
    const racers = Array.from({ length: 10 }, (_, index) =>
      put("race", `racer ${index}`, { IfNoneMatch: "*" }).then(
        () => index,
        (error) => error.name,
      ),
    );
    const outcomes = await Promise.all(racers);
    const [winner] = outcomes.filter((it) => typeof it === "number");
    const losers = outcomes.filter((it) => typeof it !== "number");
    expect(losers).toEqual(Array(9).fill("PreconditionFailed"));
    expect(await get("race")).toBe(`racer ${winner}`);
  });

  test("lists in the order of keys, in pages, from a key on", async () => {
    const keys = Array.from({ length: 25 }, (_, index) => `list/${String(index).padStart(3, "0")}`);
    await Promise.all(keys.map((key) => put(key, "x")));
    await put("list0", "behind the prefix");
    const list = (more: object) =>
      client.send(new ListObjectsV2Command({ Bucket: "logs", Prefix: "list/", ...more }));
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ MaxKeys: 10, ContinuationToken });
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found).toEqual(keys);
    const { Contents } = await list({ StartAfter: "list/022" });
    expect(Contents?.map(({ Key }) => Key)).toEqual(["list/023", "list/024"]);
    const { CommonPrefixes } = await client.send(
      new ListObjectsV2Command({ Bucket: "logs", Prefix: "list", Delimiter: "/" }),
    );
    expect(CommonPrefixes).toEqual([{ Prefix: "list/" }]);
  });

  test("deletes, also what is not there", async () => {
    await put("gone", "x");
    const remove = () => client.send(new DeleteObjectCommand({ Bucket: "logs", Key: "gone" }));
    await remove();
    await remove();
    await expect(get("gone")).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  test("takes a stream, in chunks", async ({ skip }) => {
    if (lacks.includes("streams")) skip(`${name} takes no stream whose length it is not told`);
    const Body = Readable.from([Buffer.from("one "), Buffer.from("two")]);
    const input = { Bucket: "logs", Key: "stream", Body, ContentLength: 7 };
    await client.send(new PutObjectCommand(input));
    expect(await get("stream")).toBe("one two");
  });
});
