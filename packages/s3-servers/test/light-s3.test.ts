import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LightS3, lightS3, REFUSALS } from "../src/index.ts";
import { clientOf } from "./client-of.ts";

let server: LightS3;

beforeEach(async () => {
  server = await lightS3();
});

afterEach(() => server.close());

test("refuses as it is told, before anything is stored", async () => {
  const client = clientOf(server);
  server.refuse = ({ method }) => (method === "PUT" ? REFUSALS.slowDown : undefined);
  const put = new PutObjectCommand({ Bucket: "logs", Key: "a", Body: "x" });
  await expect(client.send(put)).rejects.toMatchObject({ name: "SlowDown" });
  expect(server.keys()).toEqual([]);
  server.refuse = undefined;
  await client.send(put);
  expect(server.keys()).toEqual(["a"]);
  expect(server.requests.map(({ status }) => status)).toEqual([503, 200]);
});

test("refuses a clock that is an hour off, and says what time it is", async () => {
  server.now = () => Date.now() + 3_600_000;
  const client = clientOf(server);
  const head = () => client.send(new HeadObjectCommand({ Bucket: "logs", Key: "a" }));
  // The client corrects itself by the answer's date.
  await expect(head()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  await expect(head()).rejects.toMatchObject({ name: "NotFound" });
});

test("refuses a session that has expired", async () => {
  const client = clientOf(server, { sessionToken: "old" });
  server.expiredTokens.add("old");
  const put = new PutObjectCommand({ Bucket: "logs", Key: "a", Body: "x" });
  await expect(client.send(put)).rejects.toMatchObject({ name: "ExpiredToken" });
});

test("can be without conditions on writes", async () => {
  const plain = await lightS3({ conditionalWrites: false });
  const client = clientOf(plain);
  const put = { Bucket: "logs", Key: "a", Body: "x" };
  const conditional = client.send(new PutObjectCommand({ ...put, IfNoneMatch: "*" }));
  await expect(conditional).rejects.toMatchObject({ $metadata: { httpStatusCode: 501 } });
  expect(plain.keys()).toEqual([]);
  await client.send(new PutObjectCommand(put));
  expect(plain.keys()).toEqual(["a"]);
  await plain.close();
});

test("gives a part of an object by its range", async () => {
  const client = clientOf(server);
  server.place("a", { body: Buffer.from("0123456789") });
  const get = async (Range: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: "logs", Key: "a", Range }));
    return Body?.transformToString();
  };
  expect(await get("bytes=2-4")).toBe("234");
  expect(await get("bytes=7-")).toBe("789");
  expect(await get("bytes=-2")).toBe("89");
  await expect(get("bytes=10-")).rejects.toMatchObject({ name: "InvalidRange" });
});
