import * as zlib from "node:zlib";
import { type LightS3, lightS3 } from "@step-log/s3-servers";
import { testRun } from "@step-log/sink-testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Compression, s3Source } from "../../src/index.ts";
import { collect, range, stepsOf } from "../support/collect.ts";
import { putPart } from "../support/put-parts.ts";
import { optionsFor, storeOf } from "../support/store-of.ts";

const hasZstd = "zstdCompress" in zlib;
// A frame of zstd that holds nothing: RFC 8878, section 3.1.1.
const EMPTY_ZSTD = Buffer.from("28b52ffd2000010000", "hex");

let server: LightS3;

beforeAll(async () => {
  server = await lightS3();
});

afterAll(() => server.close());

describe.each<Compression>(["gzip", "none", "zstd"])("%s", (compression) => {
  test("parts of every size are read as they were", async ({ skip }) => {
    if (compression === "zstd" && !hasZstd)
      skip(`zstd needs Node 22.15; this is ${process.version}`);
    const prefix = `${compression}/`;
    for (const [seq, count] of [1, 10, 5_000].entries()) {
      const lines = testRun("a", count, 1 + seq * 10_000).map(({ line }) => line);
      await putPart(storeOf(server), "a", lines, { prefix, seq, compression });
    }
    const source = s3Source(`s3://logs/${prefix}`, optionsFor(server));
    expect(stepsOf(await collect(source.read("a")))).toEqual([
      1,
      ...range(10_001, 10_010),
      ...range(20_001, 25_000),
    ]);
  });
});

test("where Node has no zstd, that is told for each part, and the others are read", async ({
  skip,
}) => {
  if (hasZstd) skip("this Node has zstd");
  const prefix = "without-zstd/";
  const [line = ""] = testRun("a", 1).map((entry) => entry.line);
  const key = await putPart(storeOf(server), "a", [line], { prefix });
  server.place(key.replace(".gz", ".zst").replace(".00000000.", ".00000001."), {
    body: EMPTY_ZSTD,
  });
  const items = await collect(s3Source(`s3://logs/${prefix}`, optionsFor(server)).read("a"));
  expect(stepsOf(items)).toEqual([1, "bad"]);
  expect(items[1]).toMatchObject({ reason: expect.stringContaining("zstd needs Node 22.15") });
});
