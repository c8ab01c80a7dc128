import { type LightS3, lightS3 } from "@step-log/s3-servers";
import { testRun } from "@step-log/sink-testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { start } from "../child.ts";
import { putPart } from "../support/put-parts.ts";
import { optionsFor, storeOf } from "../support/store-of.ts";

const WRITERS = 4;
const PARTS = 20;
const RECORDS = 1_000;

let server: LightS3;

beforeAll(async () => {
  server = await lightS3();
});

afterAll(() => server.close());

test("a run of 80 MB by four sinks is merged with a heap of 64 MB", async () => {
  const text = "what a tool gave ".repeat(60);
  for (let seq = 0; seq < PARTS; seq++) {
    const entries = testRun("a", RECORDS * WRITERS, 1 + seq * RECORDS * WRITERS);
    for (let writer = 0; writer < WRITERS; writer++) {
      const lines = entries
        .filter((_, index) => index % WRITERS === writer)
        .map(({ line }) => line.replace('"data":{', `"data":{"text":"${text}",`));
      const name = writer.toString(16).padStart(16, "0");
      await putPart(storeOf(server), "a", lines, { seq, writer: name });
    }
  }
  const input = { url: "s3://logs/", options: optionsFor(server) };
  const child = start("count-records", input, ["--max-old-space-size=64"]);
  expect(await child.ended, child.stderr()).toEqual({ code: 0, signal: null });
  expect(JSON.parse(child.lines.at(-1) ?? "")).toEqual({
    records: PARTS * WRITERS * RECORDS,
    outOfOrder: 0,
  });
}, 60_000);
