import { isStepLogError } from "@step-log/core";
import { CommanderError } from "commander";
import { type ExitCode, FAILED, INTERRUPTED, OK } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { visible } from "./output/visible.ts";
import { program } from "./program.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs the `step-log` command: `run(["ls", "./logs"], io)`. Gives the exit code: 0, 1 when problems
 * were found, 2 when it could not be done. Never throws.
 *
 * @param args What was typed after `step-log`.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let exitCode: ExitCode = OK;
  const command = program({
    io,
    action:
      (work) =>
      async (...given) => {
        exitCode = await work(...given);
      },
  });
  try {
    await command.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error, io);
  }
}

function explain(error: unknown, { stderr, env, signal }: Io): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? OK : FAILED;
  // Where progress was shown, its line is still there.
  if (stderr.isTTY) stderr.write("\r\u{1b}[2K");
  if (signal.aborted) return INTERRUPTED;
  const isExpected =
    error instanceof UsageError || error instanceof TypeError || isStepLogError(error);
  const message = error instanceof Error ? error.message : String(error);
  stderr.write(`step-log: ${visible(message)}\n`);
  // A bug of ours, as far as can be told.
  const isOwnFault = !isExpected || (error instanceof TypeError && env["DEBUG"] !== undefined);
  if (isOwnFault && error instanceof Error) stderr.write(`${visible(error.stack ?? "")}\n`);
  return FAILED;
}
