import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { expect, test } from "vitest";
import { root } from "../scripts/lib/run.mjs";

// What would tell where this was made and means nothing elsewhere. A short folder, such as `/app`,
// is passed over: tests and documentation may have reason to mention it.
const folders = [root, homedir()].filter((folder) => folder.split(/[\\/]/).length > 2);
const hosts = ["registry.npmjs", "registry.yarnpkg", "npm.pkg.github", "/artifactory/"];
const forbidden = [...folders, ...hosts];

test("no file tells the machine, the folder or the registry that it was made with", ({ skip }) => {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = spawnSync("git", args, { cwd: root, encoding: "utf8" }).stdout ?? "";
  const files = listed
    .split("\0")
    .filter((file) => file !== "" && file !== "test/leaks.test.ts")
    .filter((file) => statSync(`${root}/${file}`, { throwIfNoEntry: false })?.isFile());
  if (files.length === 0) skip("not a git checkout");
  const found = files.flatMap((file) => {
    const text = readFileSync(`${root}/${file}`, "latin1");
    return forbidden.filter((word) => text.includes(word)).map((word) => `${file}: ${word}`);
  });
  expect(found).toEqual([]);
});
