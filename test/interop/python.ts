import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import type { Json } from "../../packages/core/src/index.ts";

// Without Python they are left out, never failed.
const python = ["python3", "python"].find((name) =>
  spawnSync(name, ["--version"], { encoding: "utf8" }).stdout?.startsWith("Python 3"),
);

const scriptOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** For `beforeEach`: leaves a test out where there is no Python 3. */
export function skipWithoutPython({ skip }: TestContext): void {
  if (python === undefined) skip("there is no Python 3 on the path");
}

/** What `summary.py` makes of files, given as its arguments. */
export async function pythonSummary(args: readonly string[]): Promise<Json> {
  const { stdout } = await promisify(execFile)(python ?? "", [scriptOf("summary.py"), ...args]);
  return JSON.parse(stdout);
}

/** A program that appends to a log as the Python library does. */
export interface PythonWriter {
  /** Sends `{"tool_call": {…}}` as JSON; resolves with the step once that stands in the file. */
  call(command: string): Promise<number>;
  /** Ends it; resolves with the totals that the library would tell. */
  end(): Promise<Json>;
}

/** Starts `write_like_python.py`. */
export function pythonWriter(path: string, runId: string): PythonWriter {
  const child = spawn(python ?? "", [scriptOf("write_like_python.py"), path, runId], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error("the Python program ended without an answer");
    return JSON.parse(value);
  };
  return {
    call(command) {
      child.stdin.write(`${command}\n`);
      return answer();
    },
    async end() {
      const exited = once(child, "exit");
      child.stdin.end();
      const totals = await answer();
      await exited;
      return totals;
    },
  };
}
