import type { Command } from "commander";
import type { ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";

/** What a command is defined with. */
export interface CommandContext {
  readonly io: Io;
  /** Makes of work, which gives the exit code, what commander calls. */
  action<Args extends unknown[]>(
    work: (...args: Args) => Promise<ExitCode>,
  ): (...args: Args) => Promise<void>;
}

/**
 * Defines a command: its name, arguments, options and help. What it does is imported when it is called,
 * so that `step-log --help` loads nothing but definitions.
 */
export type CommandDefinition = (context: CommandContext) => Command;
