import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { locate } from "../src/locate.ts";
import { temporaryFolder } from "./child.ts";

const folder = realpathSync(temporaryFolder());
const inFolder = (...names: string[]) => join(folder, ...names);

describe("of what is not there yet", () => {
  test.each([
    ["agent-steps.jsonl", "file"],
    ["not/yet/there/agent-steps.jsonl", "file"],
    ["agent.steps.log", "file"],
    ["logs", "folder"],
    ["logs/", "folder"],
    ["logs.jsonl/", "folder"],
    [".logs", "folder"],
    ["not/yet/there", "folder"],
  ])("%s is a %s", (name, kind) => {
    const { path, ...place } = locate(`${folder}/${name}`);
    expect({ ...place, path }).toEqual({ kind, path: inFolder(name).replace(/\/$/, "") });
  });
});

describe("of what is there", () => {
  test("a folder is one, whatever its name", () => {
    mkdirSync(inFolder("v1.2"));
    expect(locate(inFolder("v1.2"))).toEqual({ kind: "folder", path: inFolder("v1.2") });
  });

  test("a file is one, whatever its name", () => {
    writeFileSync(inFolder("agent-log"), "");
    expect(locate(inFolder("agent-log"))).toEqual({ kind: "file", path: inFolder("agent-log") });
  });

  test("a file in the place of a folder that was asked for stays a folder, to be told of", () => {
    writeFileSync(inFolder("logs-file"), "");
    expect(locate(`${folder}/logs-file/`).kind).toBe("folder");
  });
});

test("relative paths begin at the working directory", () => {
  const path = inFolder("relative.jsonl");
  expect(locate(relative(process.cwd(), path))).toEqual({ kind: "file", path });
});

test("a path is taken as it is: ~ and % mean nothing", () => {
  expect(locate(`${folder}/~/a%20b.jsonl`).path).toBe(inFolder("~", "a%20b.jsonl"));
  expect(locate("~/a.jsonl").path).not.toContain(homedir());
});

test("a file: URL leads to its file, as text and as an object", () => {
  const path = inFolder("with space and %.jsonl");
  const url = pathToFileURL(path);
  expect(locate(url)).toEqual({ kind: "file", path });
  expect(locate(url.href)).toEqual({ kind: "file", path });
  expect(locate(`${pathToFileURL(folder).href}/logs/`).kind).toBe("folder");
});

test("a URL of another kind is refused, rather than taken for a path", () => {
  const refused = expect.objectContaining({ code: "UNKNOWN_SCHEME" });
  expect(() => locate(new URL("s3://bucket/logs/"))).toThrow(refused);
  expect(() => locate("s3://bucket/logs/")).toThrow(refused);
  expect(() => locate("")).toThrow(expect.objectContaining({ code: "BAD_LOCATION" }));
});

test("two ways to a folder are one place", () => {
  mkdirSync(inFolder("real"));
  symlinkSync(inFolder("real"), inFolder("link"));
  expect(locate(inFolder("link"))).toEqual(locate(inFolder("real")));
  expect(locate(inFolder("link", "a.jsonl"))).toEqual(locate(inFolder("real", "a.jsonl")));
  expect(locate(inFolder("link", "..", "real", "new", "a.jsonl")).path).toBe(
    inFolder("real", "new", "a.jsonl"),
  );
});

test("a link in the place of the file is not followed, so that it is refused when it is opened", () => {
  writeFileSync(inFolder("victim.txt"), "");
  symlinkSync(inFolder("victim.txt"), inFolder("linked.jsonl"));
  expect(locate(inFolder("linked.jsonl"))).toEqual({
    kind: "file",
    path: inFolder("linked.jsonl"),
  });
  symlinkSync(inFolder("nowhere"), inFolder("dangling.jsonl"));
  expect(locate(inFolder("dangling.jsonl")).path).toBe(inFolder("dangling.jsonl"));
});
