import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));
const built = new Map<string, string>();

/** Compiles a program of `children/`, since Node 20 does not run TypeScript. */
function program(name: string): string {
  const known = built.get(name);
  if (known !== undefined) return known;
  // Where its imports of packages are found.
  const folder = join(here, "../node_modules/.step-log-test");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}-${randomUUID()}.mjs`);
  buildSync({
    entryPoints: [join(here, "children", `${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@step-log/source"],
    external: ["@aws-sdk/client-s3"],
  });
  built.set(name, outfile);
  return outfile;
}

/** A program that runs. */
export interface Child {
  readonly process: ChildProcess;
  /** Its lines on stdout, as they come. */
  readonly lines: string[];
  readonly stderr: () => string;
  /** Resolves with the next line for which `test` holds, or with nothing when it ends. */
  line(test: (line: string) => boolean): Promise<string | undefined>;
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts a program of `children/` with its arguments as one JSON object. */
export function start(name: string, input: object, nodeOptions: readonly string[] = []): Child {
  const args = ["--no-warnings", ...nodeOptions, program(name), JSON.stringify(input)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  const looks = new Set<() => void>();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    lines.push(line);
    for (const look of looks) look();
  });
  let isOver = false;
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]).then(
    ([[code, signal]]) => {
      isOver = true;
      for (const look of looks) look();
      return { code, signal };
    },
  );
  const line = (test: (line: string) => boolean) =>
    new Promise<string | undefined>((resolve) => {
      const look = () => {
        const found = lines.find(test);
        if (found === undefined && !isOver) return;
        looks.delete(look);
        resolve(found);
      };
      looks.add(look);
      look();
    });
  return { process: child, lines, stderr: () => stderr, ended, line };
}

const folders: string[] = [];

/** A new empty folder, gone after the last test of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "step-log-s3-"));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  for (const file of built.values()) rmSync(file, { force: true });
});
