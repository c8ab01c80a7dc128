import fc from "fast-check";
import { expect, test } from "vitest";
import { LineQueue } from "../../src/write/line-queue.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.nat(200_000).map((length) => "é".repeat(length)),
);
const line = text.map((words) => `${words.replaceAll("\n", " ")}\n`);
const operation = fc.oneof(
  { weight: 4, arbitrary: line.map((line) => ({ do: "push", line }) as const) },
  {
    weight: 1,
    arbitrary: fc.array(line, { maxLength: 4 }).map((lines) => ({ do: "pushAll", lines }) as const),
  },
  {
    weight: 3,
    arbitrary: fc
      .integer({ min: 1, max: 300_000 })
      .map((maxBytes) => ({ do: "take", maxBytes }) as const),
  },
);

test("the queue behaves like a list of lines", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const queue = new LineQueue();
      const model: Buffer[] = [];
      for (const step of operations) {
        if (step.do === "push") {
          queue.push(Buffer.from(step.line));
          model.push(Buffer.from(step.line));
        } else if (step.do === "pushAll") {
          queue.pushAll(Buffer.from(step.lines.join("")));
          model.push(...step.lines.map((line) => Buffer.from(line)));
        } else if (model.length > 0) {
          take(queue, model, step.maxBytes);
        }
        expect(queue.count).toBe(model.length);
        expect(queue.size).toBe(sizeOf(model));
      }
      expect(contentOf(queue).equals(Buffer.concat(model))).toBe(true);
    }),
  );
});

test("bytes that are on their way to the disk stay as they are while lines come in", () => {
  fc.assert(
    fc.property(line, fc.array(line, { maxLength: 30 }), (first, others) => {
      const queue = new LineQueue();
      const more = [...Array(120).fill(`${"+".repeat(600)}\n`), ...others];
      // Nearly all of the buffer's 65,536 bytes, free again by then, so that lines could be moved there,
      // and then others written to where they were.
      for (let i = 0; i < 13; i++) queue.push(Buffer.from(`${"-".repeat(4_999)}\n`));
      queue.push(Buffer.from(first));
      queue.take(65_000);
      queue.pinned = true;
      const { bytes, from } = queue;
      const onTheWay = bytes.subarray(from, queue.batchEnd(1));
      for (const line of more) queue.push(Buffer.from(line));
      expect(onTheWay.toString()).toBe(Buffer.from(first).toString());
      queue.take(onTheWay.length);
      expect(contentOf(queue).toString()).toBe(Buffer.from(more.join("")).toString());
    }),
  );
});

test("a flood leaves no more than 1 MiB behind when it has been taken", () => {
  const queue = new LineQueue();
  for (let i = 0; i < 64; i++) queue.push(Buffer.from(`${"x".repeat(1024 * 1024)}\n`));
  queue.take(queue.size);
  expect(queue.bytes.length).toBeLessThanOrEqual(1024 * 1024);
});

/** Takes a batch, as a writer does: as many whole lines as fit, but one at least. */
function take(queue: LineQueue, model: Buffer[], maxBytes: number): void {
  const end = queue.batchEnd(maxBytes);
  const length = end - queue.from;
  let lines = 1;
  while (lines < model.length && sizeOf(model.slice(0, lines + 1)) <= maxBytes) lines++;
  expect(length).toBe(sizeOf(model.slice(0, lines)));
  expect(queue.take(length)).toBe(lines);
  model.splice(0, lines);
}

function contentOf(queue: LineQueue): Buffer {
  return queue.bytes.subarray(queue.from, queue.to);
}

function sizeOf(lines: readonly Buffer[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}
