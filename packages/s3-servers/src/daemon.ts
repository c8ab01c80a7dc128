import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";

/** A server of its own process. */
export interface Daemon {
  readonly name: string;
  /** Whether it still runs. */
  isRunning(): boolean;
  /** The last lines that it wrote. */
  log(): string;
  /** Stops it where it stands: connections are taken and not answered. */
  freeze(): void;
  thaw(): void;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/**
 * Starts a program that stays in the foreground; what it writes goes to a file. It ends with this
 * process, also when that is killed.
 */
export function daemon(command: string, args: readonly string[], logPath: string): Daemon {
  const log = openSync(logPath, "a");
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", command, ...args], {
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const exited = once(child, "close").catch(() => {});
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    name: command,
    isRunning,
    log: () => readFileSync(logPath, "utf8").trim().split("\n").slice(-20).join("\n"),
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
