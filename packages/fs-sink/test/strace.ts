import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { program, temporaryFolder } from "./child.ts";

/** A system call of a traced program. */
export interface SystemCall {
  readonly name: string;
  /** Its arguments and result as strace shows them, file descriptors with their paths. */
  readonly text: string;
  /** Where it stands in the trace: when it began, and when it returned. */
  readonly beganAt: number;
  readonly endedAt: number;
}

/** What a traced program did. */
export interface Trace {
  readonly calls: readonly SystemCall[];
  readonly stdout: readonly string[];
  readonly stderr: string;
  readonly code: number | null;
}

/** Whether programs can be traced here, which takes strace and the right to use it. */
export function canTrace(): boolean {
  return spawnSync("strace", ["-qq", "-o", "/dev/null", "true"]).status === 0;
}

/** Runs a program of `children/` under strace, with these options of strace's. */
export async function trace(
  name: string,
  input: object,
  options: readonly string[] = [],
): Promise<Trace> {
  const file = join(temporaryFolder(), "trace");
  const args = ["-f", "-qq", "-y", "-s", "300", "-e", "signal=none", "-o", file, ...options];
  const child = spawn("strace", [...args, process.execPath, program(name), JSON.stringify(input)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  const calls = callsIn(readFileSync(file, "utf8"));
  return { calls, stdout: stdout.trimEnd().split("\n"), stderr, code };
}

/** Puts calls together that were interrupted by those of other threads. */
function callsIn(text: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const open = new Map<string, { name: string; text: string; beganAt: number }>();
  for (const [at, line] of text.split("\n").entries()) {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. (\w+) resumed>(.*)$/.exec(rest);
    const unfinished = /^(\w+)\((.*) <unfinished \.\.\.>$/.exec(rest);
    const whole = /^(\w+)\((.*)$/.exec(rest);
    if (resumed !== null) {
      const begun = open.get(thread);
      if (begun !== undefined) calls.push({ ...begun, text: begun.text + resumed[2], endedAt: at });
      open.delete(thread);
    } else if (unfinished !== null) {
      open.set(thread, { name: unfinished[1] ?? "", text: unfinished[2] ?? "", beganAt: at });
    } else if (whole !== null) {
      calls.push({ name: whole[1] ?? "", text: whole[2] ?? "", beganAt: at, endedAt: at });
    }
  }
  return calls;
}
