import { type LightS3, lightS3 } from "@step-log/s3-servers";
import { testEntry } from "@step-log/sink-testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { s3Source } from "../../src/index.ts";
import { collect, range, stepsOf } from "../support/collect.ts";
import { putPart } from "../support/put-parts.ts";
import { optionsFor, storeOf } from "../support/store-of.ts";

let server: LightS3;
let count = 0;

beforeAll(async () => {
  server = await lightS3();
});

afterAll(() => server.close());

const lineOf = (step: number, record: object = {}) =>
  testEntry({ runId: "a", step, record: { ...record } }).line;

/** Stores what writers have written, each an array of parts, each an array of lines. */
async function stored(writers: readonly (readonly (readonly string[])[])[]) {
  const prefix = `merge-${++count}/`;
  for (const [index, parts] of writers.entries()) {
    const writer = index.toString(16).padStart(16, "0");
    for (const [seq, lines] of parts.entries()) {
      await putPart(storeOf(server), "a", lines, { prefix, writer, seq });
    }
  }
  return s3Source(`s3://logs/${prefix}`, optionsFor(server));
}

test("steps that writers share out come in the order of their numbers", async () => {
  const steps = fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 60 });
  const shares = fc.array(fc.tuple(fc.nat(4), fc.boolean()), { minLength: 60, maxLength: 60 });
  const property = fc.asyncProperty(steps, shares, async (numbers, share) => {
    const writers: string[][][] = [[[]], [[]], [[]], [[]], [[]]];
    const sorted = numbers.toSorted((a, b) => a - b);
    for (const [index, step] of sorted.entries()) {
      const [writer = 0, endsPart = false] = share[index] ?? [];
      const parts = writers[writer] ?? [];
      parts.at(-1)?.push(lineOf(step));
      if (endsPart) parts.push([]);
    }
    const nonEmpty = writers.map((parts) => parts.filter((lines) => lines.length > 0));
    const source = await stored(nonEmpty);
    expect(stepsOf(await collect(source.read("a")))).toEqual(sorted);
    expect(stepsOf(await collect(source.readAll()))).toEqual(sorted);
  });
  await fc.assert(property, { numRuns: 30 });
});

test("each writer's own order is kept, though a long call ends after later ones", async () => {
  const source = await stored([[[1, 3, 4, 2, 5].map((step) => lineOf(step))]]);
  expect(stepsOf(await collect(source.read("a")))).toEqual([1, 3, 4, 2, 5]);
});

test("what stands behind later steps of its writer comes by its time", async () => {
  const lines = (writer: number, ...steps: [step: number, ts: number][]) => [
    steps.map(([step, ts]) => lineOf(step, { ts, data: writer })),
  ];
  const source = await stored([
    lines(1, [2, 10], [4, 12], [3, 20], [5, 30]),
    lines(2, [2, 11], [4, 13], [3, 19], [5, 31]),
  ]);
  const items = await collect(source.read("a"));
  expect(stepsOf(items)).toEqual([2, 2, 4, 4, 3, 3, 5, 5]);
  expect(items.map((item) => "data" in item && item.data)).toEqual([1, 2, 1, 2, 2, 1, 1, 2]);
});

test("of the same step the earlier one comes first, whoever wrote it", async () => {
  const at = (ts: number, data: string) => lineOf(7, { ts, data });
  const source = await stored([[[at(20, "second")]], [[at(10, "first")]], [[at(30, "third")]]]);
  const items = await collect(source.read("a"));
  expect(items.map((item) => "data" in item && item.data)).toEqual(["first", "second", "third"]);
});

test("bad lines do not keep records back", async () => {
  const bad = "no record\n";
  const source = await stored([
    [
      [lineOf(1), bad, lineOf(4)],
      [lineOf(5), bad],
    ],
    [[bad, lineOf(2), lineOf(3)]],
  ]);
  const items = stepsOf(await collect(source.read("a")));
  expect(items.filter((it) => it !== "bad")).toEqual([1, 2, 3, 4, 5]);
  expect(items.filter((it) => it === "bad").length).toBe(3);
});

test("a run that 16 sinks wrote, in turns, is read with one part of each in memory", async () => {
  const writers = range(0, 15).map((writer) =>
    range(0, 3).map((part) => range(0, 4).map((n) => lineOf(1 + writer + 16 * (part * 5 + n)))),
  );
  const source = await stored(writers);
  expect(stepsOf(await collect(source.read("a")))).toEqual(range(1, 320));
  expect(await source.report("a")).toMatchObject({ parts: 64, records: 320, isComplete: true });
});

test("parts are got only when their steps are near, eight ahead", async () => {
  const source = await stored([range(0, 29).map((seq) => [lineOf(seq + 1)])]);
  server.requests.length = 0;
  for await (const _ of source.read("a")) break;
  const parts = server.requests.filter(({ key }) => key.endsWith(".gz"));
  expect(parts.length).toBeLessThanOrEqual(10);
});

test("with dedupe, of a step that a second sink went through again the latest is given", async () => {
  const first = range(1, 6).map((step) => lineOf(step, { ts: step, data: "first" }));
  const again = range(4, 9).map((step) => lineOf(step, { ts: 100 + step, data: "again" }));
  const source = await stored([[first.slice(0, 3), first.slice(3)], [again]]);
  expect(stepsOf(await collect(source.read("a")))).toEqual([1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9]);
  expect(await source.report("a")).toMatchObject({ duplicates: 3, superseded: 0 });

  const prefix = `s3://logs/merge-${count}/`;
  const deduped = s3Source(prefix, { ...optionsFor(server), dedupe: "step" });
  const items = await collect(deduped.read("a"));
  expect(stepsOf(items)).toEqual(range(1, 9));
  const texts = items.map((item) => ("data" in item ? item.data : undefined));
  expect(texts).toEqual([...Array(3).fill("first"), ...Array(6).fill("again")]);
  expect(await deduped.report("a")).toMatchObject({ duplicates: 0, superseded: 3, records: 9 });
});
