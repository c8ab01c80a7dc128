import fc from "fast-check";
import { expect, test } from "vitest";
import { byName, isInUse, namesInFolder, namesOfFile } from "../../src/read/log-file-name.ts";
import { runFileName } from "../../src/run-file-name.ts";

const writer = fc
  .tuple(fc.nat(), fc.stringMatching(/^[0-9a-z]{8}$/))
  .map((parts) => parts.join("-"));
const stamp = fc
  .tuple(
    fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true }),
    fc.nat(20),
  )
  .map(([date, n]) => `${date.toISOString().replace(/[-:.]/g, "")}${n === 0 ? "" : `-${n}`}`);
const dotted = (part: fc.Arbitrary<string>) => fc.option(part, { nil: "" });

test("the name of every file of a run is taken apart as it was put together", () => {
  fc.assert(
    fc.property(
      fc.string(),
      dotted(writer),
      dotted(stamp),
      fc.boolean(),
      (id, writer, stamp, isPacked) => {
        const stem = runFileName(id);
        const middle = [writer, stamp].filter((part) => part !== "").map((part) => `.${part}`);
        const name = `${stem}${middle.join("")}.jsonl${isPacked ? ".gz" : ""}`;
        const parts = { stem, writer, stamp, isPacked };
        expect(namesInFolder(undefined)(name)).toEqual(parts);
        expect(namesInFolder(stem)(name)).toEqual(parts);
        expect(namesInFolder(`${stem}x`)(name)).toBeUndefined();
        expect(namesOfFile(`${stem}.jsonl`)(name)).toEqual(parts);
        expect(isInUse(parts)).toBe(stamp === "" && !isPacked);
      },
    ),
  );
});

test("a name is never read as a pattern", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (name, other) => {
      expect(namesOfFile(name)(name)).toBeDefined();
      if (!other.startsWith(name.slice(0, 1))) expect(namesOfFile(name)(other)).toBeUndefined();
    }),
  );
  expect(namesOfFile("a.c.jsonl")("abc.jsonl")).toBeUndefined();
});

test("files sort by age, the one in use last", () => {
  const stamps = [
    "20261122T184500123Z",
    "20261122T184500123Z-2",
    "20261122T184500123Z-10",
    "20261122T184500124Z",
    "",
  ];
  const files = stamps.map((stamp) => ({ stem: "x", writer: "", stamp, isPacked: false }));
  expect([...files].reverse().sort(byName)).toEqual(files);
});
