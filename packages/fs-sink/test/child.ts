import { type ChildProcess, spawn } from "node:child_process";
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
export function program(name: string): string {
  const known = built.get(name);
  if (known !== undefined) return known;
  // Where its imports of packages are found.
  const folder = join(here, "../node_modules/.step-log-test");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}-${process.pid}.mjs`);
  buildSync({
    entryPoints: [join(here, "children", `${name}.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@step-log/source"],
    external: ["proper-lockfile"],
    sourcemap: "inline",
  });
  built.set(name, outfile);
  return outfile;
}

/** A program that runs. */
export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Its lines on stdout, as they come. */
  readonly lines: string[];
  readonly stderr: () => string;
  /** Resolves with the next line for which `test` holds. */
  line(test: (line: string) => boolean): Promise<string>;
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts a program of `children/` with its arguments as one JSON object. */
export function start(
  name: string,
  input: object,
  nodeOptions: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = spawn(process.execPath, [...nodeOptions, program(name), JSON.stringify(input)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  started.push(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const ended = Promise.all([once(child, "exit"), once(reader, "close")]).then(
    ([[code, signal]]) => {
      for (const look of waiting) look();
      return { code, signal };
    },
  );
  return {
    process: child,
    pid: child.pid ?? 0,
    lines,
    stderr: () => stderr,
    ended,
    line(test) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find(test);
          const over = child.exitCode !== null || child.signalCode !== null;
          if (found === undefined && !over) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`the program ended without the line; stderr: ${stderr}`));
        };
        waiting.add(look);
        look();
      });
    },
  };
}

const started: ChildProcess[] = [];
const folders: string[] = [];

/** A new empty folder, gone after the last test of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "step-log-fs-"));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  // Those of tests that failed.
  for (const child of started)
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
