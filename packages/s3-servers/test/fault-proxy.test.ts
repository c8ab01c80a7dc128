import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  everyNth,
  type Fault,
  type FaultProxy,
  faultProxy,
  type LightS3,
  lightS3,
  seededShare,
} from "../src/index.ts";
import { clientOf } from "./client-of.ts";

let server: LightS3;
let proxy: FaultProxy;

beforeEach(async () => {
  server = await lightS3();
  proxy = await faultProxy(server.url);
});

afterEach(async () => {
  await proxy.close();
  await server.close();
});

function put(Key = "a", signal?: AbortSignal) {
  const command = new PutObjectCommand({ Bucket: "logs", Key, Body: "0123456789" });
  const client = clientOf(server, { url: proxy.url });
  return client.send(command, signal === undefined ? {} : { abortSignal: signal });
}

test("passes requests on as they are", async () => {
  await put();
  expect(server.object("a")?.body.toString()).toBe("0123456789");
});

describe.each<[Fault, object, boolean]>([
  ["slowdown", { name: "SlowDown" }, false],
  ["error", { name: "InternalError" }, false],
  ["error-after-store", { name: "InternalError" }, true],
  ["reset-before", { code: "ECONNRESET" }, false],
  ["reset-mid-body", { code: "ECONNRESET" }, false],
  ["reset-after-store", { code: "ECONNRESET" }, true],
])("%s", (fault, error, isStored) => {
  test(`fails, and the store ${isStored ? "has it" : "has nothing"}`, async () => {
    proxy.plan = everyNth(1, fault);
    await expect(put()).rejects.toMatchObject(error);
    expect(server.keys()).toEqual(isStored ? ["a"] : []);
    expect(proxy.faults.get(fault)).toBe(1);
  });
});

describe.each<[Fault, boolean]>([
  ["hang", false],
  ["hang-after-store", true],
])("%s", (fault, isStored) => {
  test(`answers nothing, and the store ${isStored ? "has it" : "has nothing"}`, async () => {
    proxy.plan = everyNth(1, fault);
    await expect(put("a", AbortSignal.timeout(300))).rejects.toMatchObject({
      name: /Abort|Timeout/,
    });
    expect(server.keys()).toEqual(isStored ? ["a"] : []);
  });
});

test("cuts the body of an answer in two", async () => {
  await put();
  proxy.plan = everyNth(1, "cut-response", "GET");
  const client = clientOf(server, { url: proxy.url });
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "logs", Key: "a" }));
  await expect(Body?.transformToString()).rejects.toThrow("aborted");
});

test("hits every third, and no others", async () => {
  proxy.plan = everyNth(3, "slowdown");
  const outcomes = [];
  for (let i = 0; i < 9; i++)
    outcomes.push(
      await put(`${i}`).then(
        () => "ok",
        () => "fault",
      ),
    );
  expect(outcomes.join(" ")).toBe("ok ok fault ok ok fault ok ok fault");
});

test("a seeded share hits the same requests whatever their order", () => {
  const plan = seededShare(1, 0.3, ["slowdown", "error"]);
  const fault = (n: number) => plan({ method: "PUT", path: `/logs/${n}`, index: 0, attempt: 1 });
  const numbers = Array.from({ length: 1000 }, (_, index) => index);
  const forwards = numbers.map(fault);
  const backwards = [...numbers].reverse().map(fault).reverse();
  expect(backwards).toEqual(forwards);
  const hits = forwards.filter((it) => it !== undefined);
  expect(hits.length).toBeGreaterThan(250);
  expect(hits.length).toBeLessThan(350);
  expect(new Set(hits)).toEqual(new Set(["slowdown", "error"]));
});
