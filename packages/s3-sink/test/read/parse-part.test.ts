import { testRun } from "@step-log/sink-testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePart } from "../../src/read/parse-part.ts";

const [good = ""] = testRun("a", 1).map(({ line }) => line.trimEnd());

test("every line that is no record is told, where it begins and how long it is", () => {
  const line = fc.oneof(
    fc.constant(Buffer.from(good)),
    fc.constantFrom("no record ☕", '{"step":1}', "[]").map((text) => Buffer.from(text)),
    fc.constant(Buffer.from([0x7b, 0xff, 0xfe])), // not UTF-8
  );
  const property = fc.property(
    fc.array(line, { maxLength: 20 }),
    fc.boolean(),
    (lines, isEnded) => {
      const bytes = Buffer.concat(lines.flatMap((it) => [it, Buffer.from("\n")]));
      const part = isEnded ? bytes : bytes.subarray(0, Math.max(0, bytes.length - 1));
      const items = parsePart(part, "s3://logs/a");
      expect(items.length).toBe(lines.length);
      let offset = 0;
      for (const [index, item] of items.entries()) {
        const length = lines[index]?.length ?? 0;
        if (lines[index]?.toString() === good) expect(item).toMatchObject({ run_id: "a", step: 1 });
        else {
          const location = "s3://logs/a";
          expect(item).toMatchObject({ type: "bad_line", offset, bytes: length, location });
        }
        offset += length + 1;
      }
    },
  );
  fc.assert(property);
});

test("blank lines and carriage returns are passed over", () => {
  const items = parsePart(Buffer.from(`\n${good}\r\n \t\r\n\n${good}`), "");
  expect(items.map(({ type }) => type)).toEqual(["event", "event"]);
});
