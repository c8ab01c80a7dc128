import { Command } from "commander";
import type { CommandContext, CommandDefinition } from "./command-context.ts";
import { completionCommand } from "./commands/completion.ts";
import { costCommand } from "./commands/cost.ts";
import { demoCommand } from "./commands/demo.ts";
import { diffCommand } from "./commands/diff.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { errorsCommand } from "./commands/errors.ts";
import { exportCommand } from "./commands/export.ts";
import { importCommand } from "./commands/import.ts";
import { lsCommand } from "./commands/ls.ts";
import { pruneCommand } from "./commands/prune.ts";
import { redactCommand } from "./commands/redact.ts";
import { repairCommand } from "./commands/repair.ts";
import { replayCommand } from "./commands/replay.ts";
import { searchCommand } from "./commands/search.ts";
import { showCommand } from "./commands/show.ts";
import { statsCommand } from "./commands/stats.ts";
import { summarizeCommand } from "./commands/summarize.ts";
import { tailCommand } from "./commands/tail.ts";
import { verifyCommand } from "./commands/verify.ts";
import { paintFor } from "./output/paint.ts";
import { VERSION } from "./version.ts";

/** The commands, in the order in which help lists them, under their headings. */
const COMMANDS: Readonly<Record<string, readonly CommandDefinition[]>> = {
  "Look at runs": [lsCommand, showCommand, replayCommand, tailCommand, searchCommand],
  "Across runs": [statsCommand, costCommand, errorsCommand, summarizeCommand, diffCommand],
  "Bring in, take out": [importCommand, exportCommand, redactCommand],
  "Keep in order": [verifyCommand, repairCommand, pruneCommand, doctorCommand],
  Other: [demoCommand, completionCommand],
};

/** Makes the whole command line: `step-log <command> …`. */
export function program(context: CommandContext): Command {
  const { stdout, stderr } = context.io;
  const root = new Command("step-log")
    .description(
      "The flight recorder of LLM agents: what did they do, how long did it take, what did it cost?",
    )
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help of a command")
    .addHelpText("after", ABOUT);
  for (const [heading, definitions] of Object.entries(COMMANDS)) {
    root.commandsGroup(`${heading}:`);
    for (const define of definitions) root.addCommand(define(context));
  }
  const { bold } = paintFor(stdout, context.io.env);
  for (const command of [root, ...root.commands]) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureHelp({ styleTitle: bold })
      .configureOutput({
        writeOut: (text) => stdout.write(text),
        writeErr: (text) => stderr.write(text),
        outputError: (text, write) => write(text.replace(/^error: /, "step-log: ")),
        getOutHelpWidth: () => stdout.columns ?? 80,
        getErrHelpWidth: () => stderr.columns ?? 80,
      });
    if (command !== root)
      command.showHelpAfterError(`(step-log ${command.name()} --help shows its options)`);
  }
  return root;
}

const ABOUT = `
A LOCATION is a file, a folder, a glob in quotes, - for what is piped in, or s3://bucket/prefix/.
Without one, logs are looked for in $STEP_LOG_DIR and ./logs.

Data goes to stdout, notes to stderr. Exit codes: 0, 1 (problems found, runs differ), 2 (could not be done).

Examples:
  step-log import              # the Claude Code and Codex logs of this machine
  step-log stats ./logs
  step-log replay ./logs/run-abc123.jsonl
`;
