import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { BadLine } from "@step-log/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fsSource } from "../../src/read/fs-source.ts";
import { lastRecord } from "../../src/read/last-record.ts";
import { all, brief, fileWith, folderWith, line } from "./test-log.ts";

const a1 = line("a", 1);
const a2 = line("a", 2);
const size = a1.length;

/** What reading a file with these parts gives. */
async function read(...parts: readonly (string | Uint8Array)[]): Promise<string[]> {
  return brief(await all(fsSource(fileWith(...parts)).readAll()), true);
}

describe("lines around the damage are read, and the damage is told", () => {
  const stub = '{"run_id":"a","step":2,"type":"ev';
  const nuls = Buffer.alloc(5_000);
  const cases: readonly [what: string, parts: readonly (string | Uint8Array)[], found: string[]][] =
    [
      ["a torn tail", [a1, stub], ["a:1", `cut@${size}+${stub.length}`]],
      [
        "a stub that was closed",
        [a1, stub, "\n", a2],
        ["a:1", `cut@${size}+${stub.length}`, "a:2"],
      ],
      [
        "a record glued to a stub",
        [a1, stub, a2, a1],
        ["a:1", `glued@${size}+${stub.length + a2.length - 1}`, "a:1"],
      ],
      ["two records on one line", [a1.trimEnd(), a2], [`joined@0+${2 * size - 2}`]],
      ["zero bytes at the start", [nuls, "\n", a1], ["nul@0+5000", "a:1"]],
      ["zero bytes in the middle", [a1, nuls, "\n", a2], ["a:1", `nul@${size}+5000`, "a:2"]],
      [
        "zero bytes within a record",
        [a1.replace("test", "te\0\0"), a2],
        [`nul@0+${size - 1}`, "a:2"],
      ],
      ["zero bytes at the end", [a1, nuls], ["a:1", `nul@${size}+5000`]],
      ["a record behind zero bytes", [nuls, a1, a2], [`glued@0+${5_000 + size - 1}`, "a:2"]],
      [
        "line ends of Windows",
        [a1.replace("\n", "\r\n"), "\r\n", `${stub}\r\n`],
        ["a:1", `cut@${size + 3}+${stub.length}`],
      ],
      ["a byte order mark", ["\ufeff", a1, "no\n"], ["a:1", `no_record@${size + 3}+2`]],
      ["nothing but a byte order mark", ["\ufeff"], []],
      [
        "text that is not UTF-8",
        [a1, Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]), a2],
        ["a:1", `not_utf8@${size}+4`, "a:2"],
      ],
      [
        "a character cut in two",
        [a1, '{"x":"', Buffer.from([0xf0, 0x9f]), "\n", a2],
        ["a:1", `cut@${size}+8`, "a:2"],
      ],
      ["empty and blank lines", ["\n\n", a1, "   \n\t\n\r\n", a2, "\n"], ["a:1", "a:2"]],
      ["an empty file", [""], []],
      ["a last record without its line end", [a1, a2.trimEnd()], ["a:1", "a:2"]],
      [
        "values that are no records",
        ["42\n", "null\n", "[]\n", '"a"\n', "{}\n", a1],
        [
          "no_record@0+2",
          "no_record@3+4",
          "no_record@8+2",
          "no_record@11+3",
          "no_record@15+2",
          "a:1",
        ],
      ],
      [
        "a record that calls itself a bad line",
        [line("a", 1, { type: "bad_line" }), a2],
        [`no_record@0+${line("a", 1, { type: "bad_line" }).length - 1}`, "a:2"],
      ],
    ];
  for (const [what, parts, found] of cases) {
    test(what, async () => {
      expect(await read(...parts)).toEqual(found);
    });
  }
});

describe("unusual JSON is read as it is", () => {
  const record = async (text: string) => {
    const [first] = await all(fsSource(fileWith(text)).readAll());
    return first as unknown as Record<string, unknown>;
  };
  const withData = (data: string) =>
    `{"run_id":"a","step":1,"type":"event","ts":1,"name":"n","data":${data}}\n`;

  test("lone surrogates that were escaped", async () => {
    expect((await record(withData('"\\ud800"')))["data"]).toBe("\ud800");
  });

  test("a key given twice counts the last time", async () => {
    const text = '{"run_id":"x","run_id":"a","step":1,"type":"event","ts":1}\n';
    expect((await record(text))["run_id"]).toBe("a");
    expect(await all(fsSource(fileWith(text)).read("x"))).toEqual([]);
    expect(brief(await all(fsSource(fileWith(text)).read("a")))).toEqual(["a:1"]);
  });

  test("__proto__ is a key like others", async () => {
    const { data } = await record(withData('{"__proto__":{"polluted":1}}'));
    expect(Object.keys(data as object)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect({}).not.toHaveProperty("polluted");
  });

  test("numbers beyond 2^53, as near as a number comes", async () => {
    expect((await record(withData("9007199254740993")))["data"]).toBe(9007199254740992);
  });

  test("line separators of Unicode do not end a line", async () => {
    const text = "a\u2028b\u2029c\u0085d\vd\f";
    expect((await record(withData(`${JSON.stringify(text)}`)))["data"]).toBe(text);
  });

  test("100,000 lists within each other neither crash nor hide the next line", async () => {
    const deep = withData("[".repeat(100_000) + "]".repeat(100_000));
    const items = brief(await all(fsSource(fileWith(deep, a2)).readAll()));
    expect(items).toHaveLength(2);
    expect(items[0]).toMatch(/^a:1$|^bad@0/);
    expect(items[1]).toBe("a:2");
  });
});

test("a line of 100 MB is passed over in bounded memory", async () => {
  const path = fileWith(a1);
  const fd = openSync(path, "a");
  const piece = Buffer.alloc(1024 * 1024, "x");
  for (let count = 0; count < 100; count++) writeSync(fd, piece);
  writeSync(fd, `\n${a2}`);
  closeSync(fd);
  const source = fsSource(path, { maxLineBytes: 4 * 1024 * 1024 });
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const items = [];
  for await (const item of source.readAll()) {
    items.push(item);
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }
  expect(brief(items, true)).toEqual(["a:1", `too_long@${size}+${100 * 1024 * 1024}`, "a:2"]);
  expect(most - before).toBeLessThan(32 * 1024 * 1024);
});

test("a hole of 2 GB is one bad line, and the last record behind it is found at once", async () => {
  const path = fileWith(a1);
  const fd = openSync(path, "r+");
  ftruncateSync(fd, 2 * 1024 ** 3);
  writeSync(fd, `\n${a2}`, 2 * 1024 ** 3);
  closeSync(fd);
  let startedAt = performance.now();
  expect(await lastRecord(path)).toMatchObject({ step: 2 });
  const lastMs = performance.now() - startedAt;
  startedAt = performance.now();
  const items = await all(fsSource(path).readAll());
  expect(brief(items, true)).toEqual(["a:1", `nul@${size}+${2 * 1024 ** 3 - size}`, "a:2"]);
  expect(lastMs).toBeLessThan((performance.now() - startedAt) / 20);
  expect(await lastRecord(fileWith(a1, "x".repeat(300_000)))).toMatchObject({ step: 1 });
  expect(await lastRecord(fileWith("x".repeat(300_000), "\n"))).toBeUndefined();
}, 60_000);

describe("what is no regular file is passed over and told", () => {
  const kinds: Readonly<Record<string, (path: string) => void>> = {
    "a folder": (path) => void mkdirSync(path),
    "a pipe": (path) => void execFileSync("mkfifo", [path]),
    "a link": (path) => symlinkSync("/etc/passwd", path),
    "a link that leads nowhere": (path) => symlinkSync("nowhere", path),
  };
  for (const [what, make] of Object.entries(kinds)) {
    test(`${what} named x.jsonl`, async () => {
      const folder = folderWith({ "a.jsonl": a1 });
      make(join(folder, "x.jsonl"));
      const items = await all(fsSource(folder).readAll());
      expect(brief(items, true).sort()).toEqual(["a:1", "unreadable@0+0"]);
      const told = items.find((item) => item.type === "bad_line") as BadLine;
      expect(told.location).toBe(join(folder, "x.jsonl"));
      await expect(all(fsSource(folder, { mode: "strict" }).readAll())).rejects.toMatchObject({
        code: "UNSAFE_FILE",
      });
    });
  }

  test("a pipe given as the location is refused", async () => {
    const path = join(folderWith(), "x.jsonl");
    execFileSync("mkfifo", [path]);
    await expect(all(fsSource(path).readAll())).rejects.toMatchObject({ code: "UNSAFE_FILE" });
  });

  test("a link given as the location is followed", async () => {
    const folder = folderWith({ "a.jsonl": a1, "a.20261122T184500123Z.jsonl": line("a", 0) });
    symlinkSync(join(folder, "a.jsonl"), join(folder, "link.jsonl"));
    const items = await all(fsSource(join(folder, "link.jsonl")).readAll());
    expect(brief(items)).toEqual(["a:0", "a:1"]);
  });
});

test.runIf(process.platform === "linux")("a file that the disk does not give is told", async () => {
  // The memory of this process: a regular file, of which the first page cannot be read.
  const [item, ...rest] = await all(fsSource("/proc/self/mem").readAll());
  expect(item).toMatchObject({ location: expect.stringMatching(/mem$/), damage: "unreadable" });
  expect(item).toHaveProperty("reason", expect.stringContaining("EIO"));
  expect(rest).toEqual([]);
  const strict = fsSource("/proc/self/mem", { mode: "strict" });
  await expect(all(strict.readAll())).rejects.toMatchObject({ code: "BAD_LINE" });
});

describe("modes", () => {
  const damaged = fileWith(a1, "junk\n", a2);
  const torn = fileWith(a1, a2, "junk", "\n\n  \n");

  test("strict throws at the first bad line, and names it", async () => {
    await expect(all(fsSource(damaged, { mode: "strict" }).readAll())).rejects.toMatchObject({
      code: "BAD_LINE",
      message: expect.stringContaining(`${damaged}, 4 bytes at byte ${size}`),
      details: { file: damaged, offset: size, bytes: 4 },
    });
    await expect(all(fsSource(torn, { mode: "strict" }).readAll())).rejects.toThrow(/at byte/);
    expect(brief(await all(fsSource(fileWith(a1, a2), { mode: "strict" }).readAll()))).toHaveLength(
      2,
    );
  });

  test("tail lets the last line be bad, whatever blank lines follow, and no other", async () => {
    const items = await all(fsSource(torn, { mode: "tail" }).readAll());
    expect(brief(items)).toEqual(["a:1", "a:2", `bad@${2 * size}+4`]);
    await expect(all(fsSource(damaged, { mode: "tail" }).readAll())).rejects.toMatchObject({
      code: "BAD_LINE",
      details: { offset: size },
    });
    const twoBad = fileWith(a1, "junk\njunk");
    await expect(all(fsSource(twoBad, { mode: "tail" }).readAll())).rejects.toThrow(/at byte/);
  });

  test("options that cannot be meant are refused", () => {
    const wrong = (options: object) => () => fsSource("x.jsonl", options);
    expect(wrong({ mode: "lax" })).toThrow(TypeError);
    expect(wrong({ from: "middle" })).toThrow(TypeError);
    expect(wrong({ maxLineBytes: 0 })).toThrow(TypeError);
    expect(wrong({ pollMs: "1" })).toThrow(TypeError);
    expect(() => fsSource("s3://bucket/logs/")).toThrow(/openSource/);
    expect(() => fsSource(new URL("http://localhost/"))).toThrow(/openSource/);
  });
});

test("between any junk, every good line is found, at its place", async () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(3_000).map((length) => Buffer.alloc(length)),
    fc
      .constantFrom('{"run_id":"a","st', "\r", "\ufeff", '"', "\\", "\n\n")
      .map((text) => Buffer.from(text)),
  );
  const good = fc.string({ maxLength: 200 }).map((name) => Buffer.from(line("a", 1, { name })));
  const part = fc.oneof(
    junk.map((bytes) => ({ bytes, isGood: false })),
    good.map((bytes) => ({ bytes, isGood: true })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 30 }), fc.boolean(), async (parts, packed) => {
      // Each part on a line, or lines, of its own.
      const content = Buffer.concat(
        parts.flatMap(({ bytes, isGood }) => (isGood ? [bytes] : [bytes, Buffer.from("\n")])),
      );
      const name = packed ? "x.jsonl.gz" : "x.jsonl";
      const path = join(folderWith({ [name]: packed ? gzipSync(content) : content }), name);
      const items = await all(fsSource(path).readAll());
      const wanted = parts
        .filter(({ isGood }) => isGood)
        .map(({ bytes }) => JSON.parse(String(bytes)));
      expect(items.filter((item) => item.type !== "bad_line")).toEqual(wanted);
      for (const item of items) {
        if (item.type !== "bad_line") continue;
        const { offset, bytes } = item;
        const before = offset === 0 || content[offset - 1] === 10 || offset === 3;
        const after = [undefined, 10, 13].includes(content[offset + bytes]);
        expect({ before, after }).toEqual({ before: true, after: true });
        expect(content.subarray(offset, offset + bytes).includes(10)).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});
