import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sourceCases } from "@step-log/sink-testkit";
import { describe, expect, test } from "vitest";
import { fsSource } from "../../src/read/fs-source.ts";
import { runFileName } from "../../src/run-file-name.ts";
import { all, brief, fileWith, folderWith, line } from "./test-log.ts";

/** Files and folders of the tests that this process has open. */
function openHandles(): number {
  return readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes("step-log-fs-");
    } catch {
      return false; // the one that listed them
    }
  }).length;
}

/** Puts each run's lines into a file of its own, as `fsSink` does in a folder. */
function folderOf(lines: readonly string[]): string {
  const files: Record<string, string> = {};
  let name = "shared";
  for (const text of lines) {
    name = runOf(text) ?? name;
    files[`${name}.jsonl`] = (files[`${name}.jsonl`] ?? "") + text;
  }
  return folderWith(files);
}

function runOf(text: string): string | undefined {
  try {
    const { run_id } = JSON.parse(text);
    return typeof run_id === "string" ? runFileName(run_id) : undefined;
  } catch {
    return undefined;
  }
}

const half = (lines: readonly string[]) => lines.length >> 1;

const stores: Readonly<Record<string, (lines: readonly string[]) => string>> = {
  "a file": (lines) => fileWith(...lines),
  "a folder": folderOf,
  "a folder with a file that runs share": (lines) => folderWith({ "shared.jsonl": lines.join("") }),
  "a file, with another put aside and packed": (lines) =>
    join(
      folderWith({
        "x.20261122T184500123Z.jsonl.gz": gzipSync(lines.slice(0, half(lines)).join("")),
        "x.jsonl": lines.slice(half(lines)).join(""),
      }),
      "x.jsonl",
    ),
};

for (const [what, store] of Object.entries(stores)) {
  describe(`as a source, ${what}`, () => {
    const create = (lines: readonly string[]) => fsSource(store(lines));
    const options = process.platform === "linux" ? { create, openHandles } : { create };
    for (const { group, name, skip, run } of sourceCases(options)) {
      test(`${group}: ${name}`, (context) => (skip ? context.skip(skip) : run()));
    }
  });
}

describe("the files of a location", () => {
  test("of a file: those put aside in the order of their stamps, those of processes by time", async () => {
    const folder = folderWith({
      "x.jsonl": line("a", 7),
      "x.20261122T184500123Z.jsonl": line("a", 2),
      "x.20261122T184500123Z-2.jsonl": line("a", 3),
      "x.20261122T184500123Z-10.jsonl.gz": gzipSync(line("a", 4)),
      "x.20261122T184500124Z.jsonl": line("a", 5),
      "x.20251231T000000000Z.jsonl.gz": gzipSync(line("a", 0) + line("a", 1)),
      "x.4711-0a1b2c3d.jsonl": line("a", 8) + line("b", 1),
      "x.4711-0a1b2c3d.20261122T184500123Z.jsonl.gz": gzipSync(line("a", 6)),
      // Others:
      "x.jsonl.torn": "torn",
      "x.jsonl.gz.tmp": "packing",
      ".x.jsonl.shared": ".",
      "x.2026.jsonl": line("other", 1),
      "x2.jsonl": line("other", 1),
      "xx.20261122T184500123Z.jsonl": line("other", 1),
      "x.20261122T184500123Z.log": line("other", 1),
    });
    const source = fsSource(join(folder, "x.jsonl"));
    expect(brief(await all(source.read("a")))).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((step) => `a:${step}`),
    );
    expect((await all(source.readAll())).length).toBe(10);
    expect((await all(source.runs())).map(({ runId }) => runId)).toEqual(["a", "b"]);
  });

  test("one that is being packed is read once", async () => {
    const folder = folderWith({
      "x.20261122T184500123Z.jsonl": line("a", 1),
      "x.20261122T184500123Z.jsonl.gz": gzipSync(line("a", 1)),
      "x.jsonl": line("a", 2),
    });
    expect(brief(await all(fsSource(folder).readAll()))).toEqual(["a:1", "a:2"]);
    expect(brief(await all(fsSource(join(folder, "x.jsonl")).readAll()))).toEqual(["a:1", "a:2"]);
  });

  test("one that was put aside, or packed, can be read by itself", async () => {
    const name = "x.20261122T184500123Z.jsonl";
    const folder = folderWith({
      [name]: line("a", 1),
      [`${name}.gz`]: gzipSync(line("a", 1)),
      "x.jsonl": line("a", 2),
    });
    expect(brief(await all(fsSource(join(folder, name)).readAll()))).toEqual(["a:1"]);
    expect(brief(await all(fsSource(join(folder, `${name}.gz`)).readAll()))).toEqual(["a:1"]);
  });

  test("the file itself need not be there yet, or any more", async () => {
    const folder = folderWith({ "x.4711-0a1b2c3d.jsonl": line("a", 1) });
    expect(brief(await all(fsSource(join(folder, "x.jsonl")).readAll()))).toEqual(["a:1"]);
  });

  test("a file without an ending, and one named by a URL, are files", async () => {
    const folder = folderWith({ log: line("a", 1), "log.20261122T184500123Z": line("a", 0) });
    expect(brief(await all(fsSource(join(folder, "log")).readAll()))).toEqual(["a:0", "a:1"]);
    const url = new URL(`file://${folder}/log`);
    expect(brief(await all(fsSource(url).readAll()))).toEqual(["a:0", "a:1"]);
    expect(brief(await all(fsSource(url.href).readAll()))).toEqual(["a:0", "a:1"]);
  });

  test("what is not there is said, with what to do", async () => {
    const folder = folderWith();
    for (const name of ["x.jsonl", "sub/", "sub/x.jsonl"]) {
      const source = fsSource(join(folder, name));
      const wanted = { code: "NOT_FOUND", message: expect.stringMatching(/no log at .*fsSink/) };
      await expect(all(source.runs())).rejects.toMatchObject(wanted);
      await expect(all(source.readAll())).rejects.toMatchObject(wanted);
      await expect(all(source.read("a"))).rejects.toMatchObject(wanted);
    }
    expect(await all(fsSource(folder).runs())).toEqual([]);
  });

  test("a relative location stays where it was when the source was made", async () => {
    const folder = folderWith({ "x.jsonl": line("a", 1) });
    const before = process.cwd();
    process.chdir(folder);
    const source = fsSource("x.jsonl");
    process.chdir(before);
    expect(brief(await all(source.readAll()))).toEqual(["a:1"]);
  });
});

describe("reading a run", () => {
  test("in a folder opens no other run's file", async () => {
    const folder = folderWith({ "a.jsonl": line("a", 1) + line("b", 1), "b.jsonl": "damaged\n" });
    expect(brief(await all(fsSource(folder).read("a")))).toEqual(["a:1"]);
    expect(brief(await all(fsSource(folder).read("b")))).toEqual(["bad@0+7"]);
  });

  test("in a folder finds one in a file that runs share", async () => {
    const folder = folderWith({
      "a.jsonl": line("a", 1),
      "imported.jsonl": line("b", 1) + line("c", 1),
    });
    const source = fsSource(folder);
    expect((await all(source.runs())).map(({ runId }) => runId)).toEqual(["a", "b", "c"]);
    expect(brief(await all(source.read("c")))).toEqual(["c:1"]);
    expect(await all(source.read("d"))).toEqual([]);
  });

  test("passes on the bad lines that may be its own, not those that are another's", async () => {
    const path = fileWith(
      line("a", 1),
      '{"run_id":"a","st\n',
      '{"run_id":"b","st\n',
      "\0\0\n",
      line("b", 1),
    );
    expect(brief(await all(fsSource(path).read("a")), true)).toEqual([
      "a:1",
      expect.stringMatching(/^cut@/),
      expect.stringMatching(/^nul@/),
    ]);
  });

  test("in files of several processes keeps each one's order", async () => {
    const at = (step: number, ts: number, writer?: string) =>
      line("a", step, { ts, ...(writer && { writer }) });
    const folder = folderWith({
      "a.jsonl": `${at(1, 10)}${at(3, 30)}junk\n${at(2, 20)}${at(9, 50)}`,
      "a.1-00000000.jsonl": at(1, 15, "w") + at(2, 30, "w") + at(3, 40, "w"),
      "a.2-00000000.jsonl": "",
    });
    const found = await all(fsSource(folder).read("a"));
    const order = found.map((item) =>
      item.type === "bad_line" ? "bad" : `${item.writer ?? ""}${item.step}`,
    );
    expect(order).toEqual(["1", "w1", "w2", "3", "bad", "2", "w3", "9"]);
  });
});
