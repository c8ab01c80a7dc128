import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LineCutter } from "../../src/read/line-cutter.ts";

interface Cut {
  readonly text: string | null;
  readonly offset: number;
  readonly bytes: number;
}

/** Cuts bytes that come in pieces of the given sizes. */
function cut(bytes: Buffer, sizes: readonly number[], maxLineBytes: number): Cut[] {
  const cutter = new LineCutter(maxLineBytes);
  const found: Cut[] = [];
  const take = (batch: ReturnType<LineCutter["end"]>) => {
    batch?.lines().forEach((line, index) => {
      if (typeof line !== "string") {
        found.push({ text: null, offset: line.offset, bytes: line.bytes });
        return;
      }
      const own = batch.bytesOf(index);
      expect(own.toString()).toBe(line);
      found.push({ text: line, offset: batch.offsetOf(index), bytes: own.length });
    });
  };
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    // A copy that is spoilt afterwards, as a buffer that is read into again.
    const piece = Buffer.from(bytes.subarray(at, at + size));
    take(cutter.push(piece));
    piece.fill(0x21);
    at += size;
  }
  expect(cutter.offset + cutter.pending).toBe(bytes.length);
  take(cutter.end());
  return found;
}

/** The same by the simplest means. */
function cutSimply(bytes: Buffer, maxLineBytes: number): Cut[] {
  const found: Cut[] = [];
  let start = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  for (const end of [...bytes.keys()].filter((at) => bytes[at] === 10).concat(bytes.length)) {
    const line = bytes.subarray(start, end);
    const isText = line.length <= maxLineBytes && isUtf8(line);
    const trimmed =
      line.length <= maxLineBytes && line.at(-1) === 13 ? line.length - 1 : line.length;
    if (end < bytes.length || line.length > 0) {
      found.push(
        isText
          ? { text: line.toString(), offset: start, bytes: line.length }
          : { text: null, offset: start, bytes: trimmed },
      );
    }
    start = end + 1;
  }
  return found;
}

const part = fc.oneof(
  fc
    .constantFrom("\n", "\n\n", "\r\n", "\u2028", "é☕🛫", "\ufeff", '{"run_id":"a"}\n')
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ maxLength: 30 }).map((text) => Buffer.from(text)),
  fc.nat(40).map((length) => Buffer.alloc(length)),
);

test("whatever the bytes and the pieces they come in, lines and offsets are those of the file", () => {
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 4, max: 60 }),
      (parts, sizes, maxLineBytes) => {
        const bytes = Buffer.concat(parts);
        expect(cut(bytes, sizes, maxLineBytes)).toEqual(cutSimply(bytes, maxLineBytes));
      },
    ),
    { numRuns: 1_500 },
  );
});

test("a line of 300 MB is passed over without being kept", () => {
  const cutter = new LineCutter(1024 * 1024);
  const piece = Buffer.alloc(64 * 1024, "x");
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let count = 0; count < 4_800; count++) {
    expect(cutter.push(piece)).toBeUndefined();
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }
  expect(most - before).toBeLessThan(16 * 1024 * 1024);
  const batch = cutter.push(Buffer.from("\nnext\n"));
  expect(batch?.lines()).toEqual([
    expect.objectContaining({ offset: 0, bytes: 4_800 * 64 * 1024, damage: "too_long" }),
    "next",
  ]);
});

test("a long line is not looked through again with each piece of it", () => {
  const cutter = new LineCutter(64 * 1024 * 1024);
  const piece = Buffer.alloc(4 * 1024, "x");
  const startedAt = performance.now();
  for (let count = 0; count < 10_000; count++) cutter.push(piece);
  const batch = cutter.push(Buffer.from("\n"));
  // 40 MB copied a few times over take tens of milliseconds; looked through 10,000 times, a minute.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(batch?.lines()[0]).toHaveLength(40_960_000);
});
