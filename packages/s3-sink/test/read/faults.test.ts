import {
  everyNth,
  type Fault,
  faultProxy,
  type LightS3,
  lightS3,
  REFUSALS,
  seededShare,
} from "@step-log/s3-servers";
import { testRun } from "@step-log/sink-testkit";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type S3SourceOptions, s3Source } from "../../src/index.ts";
import { collect, range, stepsOf } from "../support/collect.ts";
import { putLines, putPart } from "../support/put-parts.ts";
import { optionsFor, storeOf } from "../support/store-of.ts";

let server: LightS3;

beforeEach(async () => {
  server = await lightS3();
});

afterEach(() => server.close());

const linesOf = (runId: string, count: number, first = 1) =>
  testRun(runId, count, first).map(({ line }) => line);

const source = (options: S3SourceOptions = {}, url = server.url) =>
  s3Source("s3://logs/", { ...optionsFor(server, url), ...options });

async function proxied(plan: Parameters<typeof faultProxy>[1]) {
  const proxy = await faultProxy(server.url, plan);
  onTestFinished(() => proxy.close());
  return proxy;
}

describe.each<Fault>(["cut-response", "reset-before", "error", "slowdown", "hang"])(
  "%s",
  (fault) => {
    test("on every second GET, lists among them, loses and doubles nothing", async () => {
      await putLines(storeOf(server), linesOf("a", 200), { linesPerPart: 20 });
      const proxy = await proxied(everyNth(2, fault, "GET"));
      const options = { requestTimeoutMs: 300 };
      expect(stepsOf(await collect(source(options, proxy.url).read("a")))).toEqual(range(1, 200));
      expect(proxy.faults.get(fault)).toBeGreaterThan(3);
    });
  },
);

test("nine of ten answers that break off, anywhere, lose and double nothing", async () => {
  await putLines(storeOf(server), linesOf("a", 100), { linesPerPart: 20 });
  const seed = 22;
  const proxy = await proxied(seededShare(seed, 0.9, ["cut-response", "error"], "GET"));
  // The day of the test's records, so that there are few lists.
  const day = { fromDay: "2025-05-22", toDay: "2025-05-22" };
  const items = await collect(source(day, proxy.url).readAll());
  expect(stepsOf(items), `seed ${seed}`).toEqual(range(1, 100));
});

test("2,500 parts are found, page by page, and read in order", async () => {
  const lines = linesOf("a", 2_500);
  const template = await putPart(storeOf(server), "a", [lines[0] ?? ""]);
  const { headers } = server.object(template) ?? {};
  for (const [seq, line] of lines.entries()) {
    const number = String(seq).padStart(8, "0");
    const step = String(seq + 1).padStart(10, "0");
    const key = template
      .replace(/\.\d{8}\./, `.${number}.`)
      .replace(/\d{10}-\d{10}\.jsonl\.gz$/, `${step}-${step}.jsonl`);
    const plain = { "content-type": headers?.["content-type"] ?? "" };
    server.place(key, { body: Buffer.from(line), headers: plain });
  }
  server.place(template, undefined);
  server.requests.length = 0;
  expect(stepsOf(await collect(source().read("a")))).toEqual(range(1, 2_500));
  const lists = server.requests.filter(({ key }) => key === "");
  expect(lists.length).toBeLessThan(12);
});

describe("a part", () => {
  const keys: string[] = [];

  beforeEach(async () => {
    keys.length = 0;
    for (const seq of [0, 1, 2]) {
      keys.push(await putPart(storeOf(server), "a", linesOf("a", 10, 1 + seq * 10), { seq }));
    }
  });

  const damage = (change: (body: Buffer) => Buffer) => {
    const key = keys[1] ?? "";
    server.place(key, { body: change(server.object(key)?.body ?? Buffer.alloc(0)), etag: '"x"' });
  };
  const aroundOne = [...range(1, 10), "bad", ...range(21, 30)];

  test("that is cut off is passed over, told with its records, and got twice at most", async () => {
    damage((body) => body.subarray(0, body.length >> 1));
    server.requests.length = 0;
    const items = await collect(source().read("a"));
    expect(stepsOf(items)).toEqual(aroundOne);
    expect(items[10]).toMatchObject({
      location: `s3://logs/${keys[1]}`,
      offset: 0,
      reason: expect.stringMatching(/^damaged part with 10 records: /),
    });
    expect(server.requests.filter(({ key }) => key === keys[1]).length).toBe(2);
  });

  test("with a flipped bit is passed over", async () => {
    damage((body) => Buffer.from(body.map((byte, index) => (index === 40 ? byte ^ 1 : byte))));
    expect(stepsOf(await collect(source().read("a")))).toEqual(aroundOne);
  });

  test("whose lines are not those that its writer summed up is passed over", async () => {
    const other = await putPart(storeOf(server), "b", linesOf("b", 10));
    damage(() => server.object(other)?.body ?? Buffer.alloc(0));
    const items = await collect(source().read("a"));
    expect(stepsOf(items)).toEqual(aroundOne);
    expect(items[10]).toMatchObject({ reason: expect.stringContaining("SHA-256") });
  });

  test("that unpacks to more than allowed is passed over", async () => {
    const items = await collect(source({ maxPartBytes: 100 }).read("a"));
    expect(stepsOf(items)).toEqual(["bad", "bad", "bad"]);
  });

  test("that lost its metadata is read all the same", async () => {
    for (const key of keys) server.place(key, { headers: {} });
    expect(stepsOf(await collect(source().read("a")))).toEqual(range(1, 30));
  });

  test("that is missing between others is no error, and reported", async () => {
    server.place(keys[1] ?? "", undefined);
    expect(stepsOf(await collect(source().read("a")))).toEqual([...range(1, 10), ...range(21, 30)]);
    const report = await source().report("a");
    expect(report).toMatchObject({
      parts: 2,
      records: 20,
      badLines: 0,
      writers: [{ writer: "0123456789abcdef", parts: 2, missingParts: [{ from: 1, to: 1 }] }],
      missingSteps: [{ writer: null, from: 11, to: 20 }],
      isComplete: false,
    });
  });

  test("that was listed and then deleted is told as a bad line", async () => {
    server.refuse = ({ method, key }) => {
      if (method === "GET" && key === keys[0]) server.place(keys[1] ?? "", undefined);
      return undefined;
    };
    const items = await collect(source({ maxConcurrency: 1 }).read("a"));
    expect(stepsOf(items)).toEqual(aroundOne);
    expect(items[10]).toMatchObject({ reason: "damaged part: it is gone" });
  });
});

test("what cannot be cured is thrown at once, with the store's own words", async () => {
  await putLines(storeOf(server), linesOf("a", 3));
  server.refuse = () => REFUSALS.accessDenied;
  await expect(collect(source().readAll())).rejects.toMatchObject({
    code: "READ_FAILED",
    details: { status: 403, code: "AccessDenied" },
  });
  server.refuse = undefined;
  const elsewhere = s3Source("s3://no-such-bucket/", optionsFor(server));
  await expect(collect(elsewhere.runs())).rejects.toMatchObject({
    code: "READ_FAILED",
    details: { status: 404, code: "NoSuchBucket" },
  });
});

test("an outage that lasts is thrown once retryForMs is over", async () => {
  server.refuse = () => REFUSALS.slowDown;
  await expect(collect(source({ retryForMs: 300 }).readAll())).rejects.toMatchObject({
    code: "READ_FAILED",
    details: { code: "SlowDown" },
  });
  expect(server.requests.length).toBeGreaterThan(1);
});

test("an abort ends a reading that waits for a store which hangs", async () => {
  await putLines(storeOf(server), linesOf("a", 3));
  const proxy = await proxied(everyNth(1, "hang", "GET"));
  const controller = new AbortController();
  const reason = new Error("the reader has left");
  const reading = collect(source({}, proxy.url).read("a", { signal: controller.signal }));
  setTimeout(() => controller.abort(reason), 100);
  await expect(reading).rejects.toBe(reason);
});

test("a clock that is an hour off does not keep from reading", async () => {
  await putLines(storeOf(server), linesOf("a", 3));
  server.now = () => Date.now() - 3_600_000;
  expect(stepsOf(await collect(source().read("a")))).toEqual([1, 2, 3]);
});
