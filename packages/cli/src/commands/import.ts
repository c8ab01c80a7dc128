import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import type { ImportLogsOptions } from "../import/import-logs.ts";
import { withFormats } from "../output/format.ts";

/** `step-log import [FILE...]` */
export const importCommand: CommandDefinition = ({ io, action }) =>
  withFormats(new Command("import"))
    .summary("bring in the logs of Claude Code, Codex and others")
    .description(
      [
        "Imports the logs of other tools: Claude Code, Codex, pi, SWE-agent, mini-SWE-agent, Inspect,",
        "LangSmith, OpenAI messages, OpenTelemetry (OTLP-JSON), ATIF, HTTP archives; and step-log's own.",
        "What a file is shows its content, whatever its name, packed or not.\n\nWithout FILE it finds the",
        "logs of Claude Code, Codex and pi on this machine, says how many there are, and asks.",
        "Credentials are replaced. Doing it again adds what is new, and leaves alone what is there.",
      ].join(" "),
    )
    .argument("[file...]", "files, folders, globs, - or s3://…")
    .option(
      "-o, --out <location>",
      "a folder (a file a run), a file, or s3://… (default: $STEP_LOG_DIR, else ./logs)",
    )
    .option("--format <name>", "of all files, where their content does not show it")
    .option("--name <name>", "of runs that have no id of their own")
    .option("--no-redact", "leave credentials as they are")
    .option("--force", "replace runs that are there, whatever they hold")
    .option("-n, --dry-run", "only say what would be imported")
    .option("-y, --yes", "import the logs of this machine without asking")
    .action(
      action(async (files: string[], options: ImportLogsOptions) => {
        const { importLogs } = await import("../import/import-logs.ts");
        return importLogs(io, files, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log import                                # what agents on this machine did
  step-log import ~/.claude/projects --out ./logs
  step-log import session.jsonl --dry-run
  step-log import 'runs/**/*.traj' --out s3://bucket/logs/

Exit codes: 1 when something could not be read, 2 when nothing could.
`,
    );
