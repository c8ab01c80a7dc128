import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { fsSource } from "../../src/read/fs-source.ts";
import { repair, type WithLock } from "../../src/read/repair.ts";
import { verify } from "../../src/read/verify.ts";
import { start } from "../child.ts";
import { all, brief, fileWith, folderWith, line } from "./test-log.ts";

const a1 = line("a", 1);
const a2 = line("a", 2);
const stub = '{"run_id":"a","step":2,"type":"ev';

const read = async (path: string) => brief(await all(fsSource(path).readAll()));

test("a sound file is not touched, nor is its lock asked for", async () => {
  const path = fileWith(a1, "\n  \n", a2);
  const before = statSync(path, { bigint: true });
  const lock: WithLock = () => expect.unreachable();
  expect(await repair(path, { lock })).toEqual({
    files: 1,
    closed: 0,
    blanked: 0,
    rescued: 0,
    left: 0,
    places: [],
  });
  expect(statSync(path, { bigint: true }).mtimeNs).toBe(before.mtimeNs);
});

test("a last line without its end gets it, and no more when it is a record", async () => {
  const path = fileWith(a1, a2.trimEnd());
  expect(await repair(path)).toMatchObject({
    closed: 1,
    blanked: 0,
    places: [{ location: path, offset: a1.length + a2.length - 1, bytes: 1, action: "closed" }],
  });
  expect(readFileSync(path, "utf8")).toBe(a1 + a2);
});

test.each([
  ["behind it", (glued: string) => [a1, glued, line("a", 3), a2]],
  ["before it", (glued: string) => [a1, a2, glued, line("a", 3)]],
  ["at the very beginning", (glued: string) => [a2, glued, line("a", 3)]],
])(
  "a record that was glued to a stub and stands whole %s is not brought back",
  async (_, lines) => {
    const path = fileWith(...lines(stub + a2));
    const report = await repair(path);
    expect(report).toMatchObject({ blanked: 1, rescued: 0, left: 0 });
    expect(report.places[0]?.reason).toMatch(/its record stands elsewhere too$/);
    expect((await verify(path)).duplicates).toBe(0);
    expect(readFileSync(`${path}.torn`, "utf8")).toContain(stub + a2.trimEnd());
  },
);

test("a record that was glued to a stub is brought back where another only ends like it", async () => {
  const path = fileWith(a1, stub + a2, `x${a2}`);
  expect(await repair(path)).toMatchObject({ rescued: 2 });
});

test("bad lines become blank, the file keeps its length, and the bytes are kept beside it", async () => {
  const path = fileWith(a1, stub, "\r\n", Buffer.from([0xff, 0x0a]), a2, stub);
  const length = statSync(path).size;
  const report = await repair(path);
  expect(report).toMatchObject({ closed: 1, blanked: 3, rescued: 0, left: 0 });
  const blank = " ".repeat(stub.length);
  expect(readFileSync(path, "utf8")).toBe(`${a1}${blank}\r\n \n${a2}${blank}\n`);
  expect(statSync(path).size).toBe(length + 1);
  const torn = readFileSync(`${path}.torn`);
  const pieces = report.places.filter(({ action }) => action === "blanked");
  let at = 0;
  for (const [index, { offset, bytes }] of pieces.entries()) {
    const end = torn.indexOf(10, at);
    const head = JSON.parse(torn.toString("utf8", at, end));
    expect(head).toMatchObject({ file: "agent-steps.jsonl", offset, bytes });
    const content = torn.subarray(end + 1, end + 1 + bytes);
    expect(content).toEqual(index === 1 ? Buffer.from([0xff]) : Buffer.from(stub));
    at = end + 1 + bytes + 1;
  }
  expect(at).toBe(torn.length);
  expect(statSync(`${path}.torn`).mode & 0o777).toBe(0o600);
});

test("a record behind a stub, or behind zero bytes, can be read afterwards", async () => {
  const path = fileWith(
    a1,
    stub,
    a2,
    Buffer.alloc(70_000),
    line("a", 3),
    '{"x":"',
    Buffer.from([0xf0, 0x9f]),
    line("a", 4),
  );
  expect(await read(path)).toEqual([
    "a:1",
    expect.anything(),
    expect.anything(),
    expect.anything(),
  ]);
  expect(await repair(path)).toMatchObject({ blanked: 3, rescued: 3, left: 0 });
  expect(await read(path)).toEqual(["a:1", "a:2", "a:3", "a:4"]);
  // Zero bytes are not worth keeping.
  expect(statSync(`${path}.torn`).size).toBeLessThan(1_000);
});

test("every line is then one that a strict reader takes, good ones are as they were, and again does nothing", async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(stub, "\n", "\r\n", "\0\0\0", '"', "\\", "\ufeff", a1 + a2)
      .map((text) => Buffer.from(text)),
    fc.string({ maxLength: 50 }).map((name) => Buffer.from(line("a", 1, { name }))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 15 }), async (pieces) => {
      const path = fileWith(...pieces);
      const before = await read(path);
      const isJoined = (await all(fsSource(path).readAll())).some(
        (item) => item.type === "bad_line" && item.reason.startsWith("two records"),
      );
      const records = before.filter((item) => !item.startsWith("bad"));
      const length = statSync(path).size;
      const original = readFileSync(path);
      const plan = await repair(path, { dryRun: true });
      expect(readFileSync(path).equals(original)).toBe(true);
      expect(existsSync(`${path}.torn`)).toBe(false);
      const report = await repair(path);
      // What was told before is what was done.
      expect(plan).toEqual({ ...report, places: plan.places });
      expect(plan.places.map(({ action, offset }) => [action, offset])).toEqual(
        report.places.map(({ action, offset }) => [action, offset]),
      );
      expect(statSync(path).size).toBe(length + report.closed);
      if (!isJoined) {
        expect(report.left).toBe(0);
        const after = await all(fsSource(path, { mode: "strict" }).readAll());
        expect(after.length).toBe(records.length + report.rescued);
      }
      const bytes = readFileSync(path);
      const again = await repair(path);
      expect(again).toMatchObject({ closed: 0, blanked: 0 });
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test("two records on one line are left, since nothing can be put between them", async () => {
  const path = fileWith(a1.trimEnd(), a2);
  expect(await repair(path)).toMatchObject({ left: 1, blanked: 0 });
  expect(readFileSync(path, "utf8")).toBe(a1.trimEnd() + a2);
});

test("a hole is left, since filling it takes space", async () => {
  const path = fileWith(a1);
  truncateSync(path, 50 * 1024 * 1024);
  appendFileSync(path, `\n${a2}`);
  expect(await repair(path)).toMatchObject({ left: 1, blanked: 0 });
  expect(statSync(path).blocks * 512).toBeLessThan(1024 * 1024);
});

test("a record that is too long to be looked into is not blanked", async () => {
  const path = fileWith(a1, line("a", 2, { data: "x".repeat(65 * 1024 * 1024) }));
  expect(await repair(path)).toMatchObject({ left: 1, blanked: 0 });
  expect(await all(fsSource(path, { maxLineBytes: 1e9, mode: "strict" }).runs())).toHaveLength(1);
});

test("packed files and what is no file are told, and left", async () => {
  const packed = gzipSync(`${a1}junk\n`);
  const folder = folderWith({ "x.jsonl.gz": packed, "y.jsonl": "junk\n" });
  symlinkSync("/etc/passwd", join(folder, "z.jsonl"));
  const { places, ...counts } = await repair(folder);
  expect(counts).toEqual({ files: 2, closed: 0, blanked: 1, rescued: 0, left: 2 });
  expect(readFileSync(join(folder, "x.jsonl.gz")).equals(packed)).toBe(true);
  expect(
    places.map(({ location, action }) => `${location.slice(folder.length + 1)} ${action}`).sort(),
  ).toEqual(["x.jsonl.gz left", "y.jsonl blanked", "z.jsonl left"]);
});

test("the lock is that of the file in use, also for files that were put aside", async () => {
  const folder = folderWith({
    "x.20261122T184500123Z.jsonl": "junk\n",
    "x.7-00000000.20261122T184500123Z.jsonl": "junk\n",
    "x.jsonl": "junk\n",
  });
  const locked: string[] = [];
  const lock: WithLock = (path, work) => {
    locked.push(path.slice(folder.length + 1));
    return work();
  };
  await repair(join(folder, "x.jsonl"), { lock });
  expect(locked).toEqual(["x.jsonl", "x.jsonl", "x.7-00000000.jsonl"]);
});

test("a lock that is not to be had leaves the file, and is told", async () => {
  const folder = folderWith({ "x.jsonl": "junk\n", "y.jsonl": "junk\n" });
  const { StepLogError } = await import("@step-log/core");
  const lock: WithLock = (path, work) => {
    if (path.endsWith("x.jsonl")) throw new StepLogError("LOCK_BUSY", "held by another");
    return work();
  };
  expect(await repair(folder, { lock })).toMatchObject({ blanked: 1, left: 1 });
  expect(readFileSync(join(folder, "x.jsonl"), "utf8")).toBe("junk\n");
});

describe("where the file system sets limits", () => {
  test("of a file that can only be appended to, the end is closed and the rest is left", async (context) => {
    const path = fileWith(a1, "junk\n", a2, stub);
    if (!succeeds("chattr", "+a", path)) context.skip("chattr +a is not to be had here");
    onTestFinished(() => void execFileSync("chattr", ["-a", path]));
    expect(await repair(path)).toMatchObject({ closed: 1, blanked: 0, left: 2 });
    expect(readFileSync(path, "utf8")).toBe(`${a1}junk\n${a2}${stub}\n`);
    appendFileSync(path, line("a", 3));
    expect((await read(path)).at(-1)).toBe("a:3");
  });

  test("a full disk lets lines be blanked as far as they could be copied", async (context) => {
    const folder = folderWith();
    const isMounted = succeeds("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder);
    if (!isMounted) context.skip("mount is not to be had here");
    onTestFinished(() => void execFileSync("umount", [folder]));
    const path = join(folder, "x.jsonl");
    writeFileSync(path, `${a1}small\n${"long ".repeat(20_000)}\n${a2}${stub}`);
    try {
      writeFileSync(join(folder, "filler"), Buffer.alloc(1024 * 1024));
    } catch {
      // Now it is full.
    }
    const full = await repair(path);
    expect(full.left + full.blanked).toBe(3);
    expect(full.places.find(({ bytes }) => bytes === 100_000)).toMatchObject({
      action: "left",
      reason: expect.stringContaining("ENOSPC"),
    });
    expect(await read(path)).toEqual(expect.arrayContaining(["a:1", "a:2"]));
    truncateSync(join(folder, "filler"), 0);
    await repair(path);
    expect(await read(path)).toEqual(["a:1", "a:2"]);
  });
});

test("while processes write, they lose nothing", async () => {
  const path = fileWith(a1, stub, "\n", "junk\n");
  const writers = ["p", "q"].map((runId) =>
    start("flood", { path, runId, durability: "os", count: 3_000, maxBytes: 3_000, seed: 3 }),
  );
  let ended = 0;
  for (const { ended: end } of writers) void end.then(() => ended++);
  for (let round = 0; ended < writers.length; round++) {
    // What a writer that was killed would leave, and somebody's stray bytes.
    appendFileSync(path, round % 2 === 0 ? stub : "\0\0\0\njunk\n");
    await repair(path);
  }
  for (const { ended: end } of writers) expect(await end).toEqual({ code: 0, signal: null });
  await repair(path);
  const items = await all(fsSource(path, { mode: "strict" }).readAll());
  for (const runId of ["p", "q"]) {
    const steps = items.flatMap((item) =>
      item.type !== "bad_line" && item.run_id === runId ? [item.step] : [],
    );
    expect([...new Set(steps)].length).toBe(3_002);
  }
}, 120_000);

function succeeds(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
