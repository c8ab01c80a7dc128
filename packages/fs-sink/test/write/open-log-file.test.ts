import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type OpenFile, openLogFile } from "../../src/write/open-log-file.ts";
import { asUser, USER } from "../as-user.ts";
import { temporaryFolder } from "../child.ts";

const isRoot = process.geteuid?.() === 0;
const opened: number[] = [];

function open(path: string, mode = 0o600, syncFolder = false): OpenFile {
  const file = openLogFile(path, mode, syncFolder);
  opened.push(file.fd);
  return file;
}

afterEach(() => {
  for (const fd of opened.splice(0)) closeSync(fd);
});

describe("a file that is not there", () => {
  test("is made, 0600, in folders that are 0700, also where the umask is 0", () => {
    const folder = temporaryFolder();
    withUmask(0, () => open(join(folder, "a", "b", "log.jsonl")));
    expect(modeOf(join(folder, "a", "b", "log.jsonl"))).toBe("600");
    expect([modeOf(join(folder, "a")), modeOf(join(folder, "a", "b"))]).toEqual(["700", "700"]);
  });

  test("gets the mode that was asked for, also where the umask allows less", () => {
    const path = join(temporaryFolder(), "log.jsonl");
    withUmask(0o077, () => open(path, 0o640));
    expect(modeOf(path)).toBe("640");
  });

  test("is made in folders that whoever may read it may enter", () => {
    const folder = temporaryFolder();
    withUmask(0, () => open(join(folder, "new", "log.jsonl"), 0o640));
    expect(modeOf(join(folder, "new"))).toBe("750");
  });
});

describe("a file that is there", () => {
  test("is appended to, wherever others have come to", () => {
    const path = join(temporaryFolder(), "log.jsonl");
    writeFileSync(path, "first\n", { mode: 0o600 });
    const { fd, size } = open(path);
    expect(size).toBe(6);
    writeFileSync(path, "second\n", { flag: "a" });
    writeSync(fd, "third\n");
    expect(readFileSync(path, "utf8")).toBe("first\nsecond\nthird\n");
  });

  test("of 0644 becomes 0600; its folder stays as it is", () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const path = join(folder, "log.jsonl");
    writeFileSync(path, "");
    chmodSync(path, 0o644);
    open(path);
    expect([modeOf(path), modeOf(folder)]).toEqual(["600", "755"]);
  });

  test("of 2 GB is open within a few milliseconds", () => {
    const path = join(temporaryFolder(), "log.jsonl");
    writeFileSync(path, "");
    truncateSync(path, 2 * 1024 ** 3);
    const before = process.cpuUsage();
    expect(open(path).size).toBe(2 * 1024 ** 3);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(50);
  });

  test("tells what it is, so that another in its place is known", () => {
    const path = join(temporaryFolder(), "log.jsonl");
    const { fd, dev, ino, bornAtMs } = open(path);
    expect({ dev, ino }).toEqual({ dev: fstatSync(fd).dev, ino: statSync(path).ino });
    expect(Math.abs(bornAtMs - Date.now())).toBeLessThan(60_000);
  });
});

describe("what is not a file of our own is refused with UNSAFE_FILE, and left alone", () => {
  const folder = temporaryFolder();
  const victim = join(folder, "victim");
  writeFileSync(victim, "the victim's\n", { mode: 0o644 });
  chmodSync(victim, 0o644);

  const kinds: Readonly<Record<string, (path: string) => void>> = {
    "a link to a file": (path) => symlinkSync(victim, path),
    "a link that leads nowhere": (path) => symlinkSync(join(folder, "nowhere"), path),
    "a link to itself": (path) => symlinkSync(path, path),
    "a hard link": (path) => linkSync(victim, path),
    "a pipe": (path) => void execFileSync("mkfifo", [path]),
  };
  test.each(Object.keys(kinds))("%s", (what) => {
    const path = join(folder, `${what}.jsonl`);
    kinds[what]?.(path);
    const fds = openFds();
    expect(() => open(path)).toThrow(
      expect.objectContaining({ code: "UNSAFE_FILE", details: { path } }),
    );
    expect(openFds()).toBe(fds);
    expect(readFileSync(victim, "utf8")).toBe("the victim's\n");
    expect(modeOf(victim)).toBe("644");
    expect(readdirSync(folder)).not.toContain("nowhere");
  });

  test.skipIf(!isRoot)("the file of another user", () => {
    const path = join(folder, "foreign.jsonl");
    writeFileSync(path, "", { mode: 0o666 });
    chownSync(path, 12_345, 12_345);
    chmodSync(path, 0o666);
    expect(() => open(path)).toThrow(expect.objectContaining({ code: "UNSAFE_FILE" }));
    expect(modeOf(path)).toBe("666");
  });
});

describe("what the file system refuses comes as its own error, without a leak", () => {
  test("a folder in the place of the file", () => {
    const path = join(temporaryFolder(), "log.jsonl");
    mkdirSync(path);
    expect(() => open(path)).toThrow(expect.objectContaining({ code: "EISDIR" }));
  });

  test("a file in the place of a folder", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    expect(() => open(join(folder, "file", "log.jsonl"))).toThrow(
      expect.objectContaining({ code: "ENOTDIR" }),
    );
  });

  test("a socket", async () => {
    const path = join(temporaryFolder(), "log.jsonl");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(() => open(path)).toThrow(expect.objectContaining({ code: "ENXIO" }));
    server.close();
  });

  test("a folder that must not be written to", () => {
    const folder = ownFolder();
    chmodSync(folder, 0o500);
    const fds = openFds();
    asUser(() => {
      expect(() => open(join(folder, "log.jsonl"))).toThrow(
        expect.objectContaining({ code: "EACCES" }),
      );
    });
    expect(openFds()).toBe(fds);
  });
});

describe("with the folder synced", () => {
  test("a file is made all the same", () => {
    const path = join(temporaryFolder(), "a", "b", "log.jsonl");
    open(path, 0o600, true);
    expect(statSync(path).size).toBe(0);
  });

  test("a folder that may be written to but not read does not stand in the way", () => {
    const folder = ownFolder();
    chmodSync(folder, 0o300);
    asUser(() => open(join(folder, "log.jsonl"), 0o600, true));
    expect(statSync(join(folder, "log.jsonl")).size).toBe(0);
  });
});

function ownFolder(): string {
  const folder = temporaryFolder();
  if (isRoot) chownSync(folder, USER, USER);
  return folder;
}

function withUmask(umask: number, work: () => void): void {
  const before = process.umask(umask);
  try {
    work();
  } finally {
    process.umask(before);
  }
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function openFds(): number {
  return readdirSync("/dev/fd").length;
}
