import { readdirSync } from "node:fs";
import { join } from "node:path";
import { StepLog } from "@step-log/core";
import { afterEach, expect, test, vi } from "vitest";
import { fsSink } from "../src/fs-sink.ts";
import { isOnNetwork } from "../src/network-fs.ts";
import { fsSource } from "../src/read/fs-source.ts";
import { ownFile } from "../src/write/own-file.ts";
import { temporaryFolder } from "./child.ts";
import { all, brief } from "./read/test-log.ts";

// No such file system can be counted on where tests run, so that the kernel's answer is replaced.
const kernel = vi.hoisted(() => ({ type: undefined as number | undefined }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const statfsSync = (path: string) => {
    const answer = fs.statfsSync(path);
    return kernel.type === undefined ? answer : { ...answer, type: kernel.type };
  };
  return { ...fs, statfsSync };
});

afterEach(() => {
  kernel.type = undefined;
});

// As statfs(2) and the kernel's magic.h list them.
const TYPES = [
  ["NFS", 0x6969, true],
  ["SMB", 0x517b, true],
  ["CIFS", 0xff534d42, true],
  ["SMB 2", 0xfe534d42, true],
  ["9p", 0x01021997, true],
  ["FUSE, virtiofs", 0x65735546, true],
  ["AFS", 0x5346414f, true],
  ["Ceph", 0x00c36400, true],
  ["ext4", 0xef53, false],
  ["XFS", 0x58465342, false],
  ["btrfs", 0x9123683e, false],
  ["tmpfs", 0x01021994, false],
  ["overlay", 0x794c7630, false],
] as const;

test.each(TYPES)("%s, type %i: on a network is %j", (_, type, expected) => {
  kernel.type = type;
  expect(isOnNetwork(temporaryFolder())).toBe(expected);
});

test("of what is not there yet, the folder that will hold it counts", () => {
  const folder = temporaryFolder();
  expect(isOnNetwork(join(folder, "not", "yet", "there.jsonl"))).toBe(false);
  kernel.type = 0x6969;
  expect(isOnNetwork(join(folder, "not", "yet", "there.jsonl"))).toBe(true);
});

test("a process has one file of its own for each path, with its id in the name", () => {
  const name = new RegExp(`^/logs/agent-steps\\.${process.pid}-[0-9a-f]{8}\\.jsonl$`);
  expect(ownFile("/logs/agent-steps.jsonl")).toMatch(name);
  expect(ownFile("/logs/agent-steps.jsonl")).toBe(ownFile("/logs/agent-steps.jsonl"));
});

test.each(["agent-steps.jsonl", "logs/"])(
  "on a network, %s is written to a file of the process, and read as one log",
  async (location) => {
    kernel.type = 0x6969;
    const folder = temporaryFolder();
    const path = join(folder, location);
    const sink = fsSink(path);
    const log = new StepLog({ runId: "run", sink });
    log.recordEvent("one");
    await log.close();
    await sink.close();
    expect(brief(await all(fsSource(path).readAll()))).toEqual(["run:0", "run:1", "run:2"]);
    const names = readdirSync(folder, { recursive: true }).filter((name) =>
      String(name).endsWith("l"),
    );
    expect(names).toEqual([
      expect.stringMatching(new RegExp(`\\.${process.pid}-[0-9a-f]{8}\\.jsonl$`)),
    ]);
    expect(fsSink(path).lastStep?.("run")).toBe(2);
  },
);
