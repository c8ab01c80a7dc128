import { spawn } from "node:child_process";
import type { Io } from "../io.ts";
import { write } from "../output/write.ts";

/**
 * Writes a text; on a terminal where it is longer than that through `$PAGER`, else `less`, as git does.
 * Where there is no pager it is written as it is.
 */
export async function pageText(io: Io, text: string, isPaged: boolean): Promise<void> {
  const { stdout, env } = io;
  const pager = env["PAGER"] ?? "less";
  const isLong = text.split("\n").length > (stdout.rows ?? Number.POSITIVE_INFINITY);
  const isTerminal = stdout.isTTY === true && fdOf(stdout) !== undefined && env["TERM"] !== "dumb";
  if (!isPaged || !isLong || !isTerminal || pager === "" || pager === "cat") {
    return write(stdout, text);
  }
  if (!(await throughPager(io, pager, text))) await write(stdout, text);
}

/** Gives whether the pager could be started. */
function throughPager({ stdout, env }: Io, pager: string, text: string): Promise<boolean> {
  // Ctrl-C belongs to the pager as long as it runs.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  return new Promise<boolean>((resolve) => {
    const child = spawn(pager, {
      // The user's own variable may have options.
      shell: true,
      stdio: ["pipe", fdOf(stdout) ?? "inherit", "inherit"],
      // Quit where it fits, colours as they are, the screen is kept.
      env: { LESS: "FRX", LV: "-c", ...env },
    });
    child.on("error", () => resolve(false));
    // As shells tell that there is no such command.
    child.on("close", (code) => resolve(code !== 127 && code !== 126));
    // Who leaves a pager before the end closes the pipe.
    child.stdin?.on("error", ignore);
    child.stdin?.end(text);
  }).finally(() => process.removeListener("SIGINT", ignore));
}

/** A stream of the process has a descriptor, that of a test has none. */
function fdOf(output: Io["stdout"]): number | undefined {
  const fd: unknown = Reflect.get(output, "fd");
  return typeof fd === "number" ? fd : undefined;
}
