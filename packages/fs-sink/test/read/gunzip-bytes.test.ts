import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fsSource } from "../../src/read/fs-source.ts";
import { all, brief, folderWith, line } from "./test-log.ts";

const NAME = "agent-steps.20261122T184500123Z.jsonl.gz";

// Text that does not pack well, so that a fault is far from the end of what was unpacked before.
let state = 1;
const noise = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state.toString(36);
};
const lines = Array.from({ length: 3_000 }, (_, step) =>
  line("a", step, { data: Array.from({ length: 20 }, noise).join("") }),
);
const packed = gzipSync(lines.join(""));

async function read(bytes: Buffer, options = {}) {
  const path = join(folderWith({ [NAME]: bytes }), NAME);
  const items = await all(fsSource(path, options).readAll());
  return { items, count: items.filter((item) => item.type !== "bad_line").length };
}

test("a packed file of several members is read as one", async () => {
  const half = lines.join("").length >> 1;
  const members = [lines.join("").slice(0, half), "", lines.join("").slice(half)];
  const { items } = await read(Buffer.concat(members.map((text) => gzipSync(text))));
  expect(items).toEqual(lines.map((text) => JSON.parse(text)));
});

test("of a file that was cut, all is read up to the cut", async () => {
  for (const length of [0, 5, 1_000, packed.length >> 1, packed.length - 9, packed.length - 1]) {
    const cut = packed.subarray(0, length);
    const { items } = await read(cut);
    const records = items.filter((item) => item.type !== "bad_line");
    expect(records).toEqual(lines.slice(0, records.length).map((text) => JSON.parse(text)));
    expect(items.at(-1)).toMatchObject({
      damage: "unreadable",
      reason: expect.stringContaining("unexpected end of file"),
    });
    // 500 bytes of a record take 330 packed ones.
    expect(records.length).toBeGreaterThan((length / packed.length) * lines.length * 0.97 - 80);
  }
});

test("what follows the last member is told, and takes nothing of what stands before it", async () => {
  const { items, count } = await read(Buffer.concat([packed, Buffer.from("garbage")]));
  expect(count).toBe(lines.length);
  expect(items.at(-1)).toMatchObject({ damage: "unreadable", offset: lines.join("").length });
  expect((await read(Buffer.concat([packed, Buffer.alloc(999)]))).items).toHaveLength(lines.length);
});

test("a wrong checksum is told, after all lines", async () => {
  const wrong = Buffer.from(packed);
  wrong[packed.length - 6] = (wrong[packed.length - 6] ?? 0) ^ 1;
  const { items, count } = await read(wrong);
  expect(count).toBe(lines.length);
  expect(items.at(-1)).toMatchObject({ reason: expect.stringContaining("incorrect data check") });
});

test("a fault in the middle leaves what stands before it", async () => {
  const broken = Buffer.from(packed);
  const at = (packed.length >> 1) + 100;
  broken.fill(0xff, at, at + 20);
  const { items, count } = await read(broken);
  expect(items.at(-1)).toMatchObject({ damage: "unreadable" });
  expect(count).toBeGreaterThan(lines.length * 0.45);
  expect(count).toBeLessThan(lines.length);
});

test("a bomb is unpacked no further than it may, in bounded memory", async () => {
  const bomb = gzipSync(Buffer.alloc(300_000_000, " "), { level: constants.Z_BEST_SPEED });
  expect(bomb.length).toBeLessThan(2_000_000);
  const before = process.memoryUsage().arrayBuffers;
  const { items } = await read(Buffer.concat([gzipSync(lines[0] ?? ""), bomb]), {
    maxUncompressedBytes: 100_000_000,
    maxLineBytes: 1_000_000,
  });
  expect(brief(items, true)).toEqual([
    "a:0",
    expect.stringMatching(/^too_long@/),
    expect.stringMatching(/^unreadable@/),
  ]);
  expect(items.at(-1)).toMatchObject({ reason: expect.stringContaining("maxUncompressedBytes") });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64_000_000);
});
