import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { builtCli } from "./built-cli.ts";

/** A command that runs. */
export interface CliProcess {
  readonly process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves once `test` holds of what came on stdout. */
  until(test: (stdout: string) => boolean): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Starts the command as a process of its own. */
export function startCli(
  args: readonly string[],
  { cwd = process.cwd(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): CliProcess {
  const child = spawn(process.execPath, [builtCli(), ...args], {
    cwd,
    env: { ...process.env, STEP_LOG_DIR: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const waiting = new Set<() => void>();
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code, signal]) => {
    for (const look of waiting) look();
    return { code, signal };
  });
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    until(test) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const isOver = child.exitCode !== null || child.signalCode !== null;
          if (!test(stdout) && !isOver) return;
          waiting.delete(look);
          if (test(stdout)) resolve();
          else reject(new Error(`it ended before; stderr: ${stderr}`));
        };
        waiting.add(look);
        look();
      });
    },
  };
}
