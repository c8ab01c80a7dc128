import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sourceTools } from "../tools.js";

let folder: string;
let tools: ReturnType<typeof sourceTools>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "step-log-tools-"));
  const root = join(folder, "root");
  for (const path of ["src", "node_modules/x", "dist", ".git", "logs"]) {
    await mkdir(join(root, path), { recursive: true });
    await writeFile(join(root, path, "a.ts"), "const found = 1;\nfound();\n");
  }
  await writeFile(join(root, ".env"), "KEY=found");
  await writeFile(join(folder, "outside.ts"), "found");
  await symlink(join(folder, "outside.ts"), join(root, "src", "link.ts")).catch(() => {});
  tools = sourceTools(root);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("lists the source, and neither what was built or installed nor what has a dot", async () => {
  expect(await tools.run("list_files", { path: "." })).toEqual({ files: ["src/a.ts"] });
});

test("finds a text with its file and line, in a folder or a file", async () => {
  const matches = [{ file: "src/a.ts", line: 2, text: "found();" }];
  expect(await tools.run("search_code", { path: ".", query: "found(" })).toEqual({ matches });
  expect(await tools.run("search_code", { path: "src/a.ts", query: "found(" })).toEqual({
    matches,
  });
});

test.each([
  "../outside.ts",
  "src/link.ts",
  "/etc/passwd",
  ".env",
  ".git/a.ts",
  "node_modules/x/a.ts",
])("does not read %s", async (path) => {
  await expect(tools.run("read_file", { path })).rejects.toThrow(/no file|not part of the source/);
});
