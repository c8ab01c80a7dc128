import { Command, Option } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { withFormats } from "../output/format.ts";
import type { PruneOptions } from "../prune/prune-options.ts";
import { wholeNumber } from "../whole-number.ts";

/** `step-log prune <location>` */
export const pruneCommand: CommandDefinition = ({ io, action }) =>
  withFormats(new Command("prune"))
    .summary("delete old runs, after showing which")
    .description(
      "Deletes old logs: whole runs of a folder, files of a shared log that were put aside, days of a bucket. " +
        "Shows what goes, and asks. What one of the limits wants gone goes. Never a file that is written to, nor one that holds no records of step-log's; links are not followed.",
    )
    .argument("<location>", "a folder, a file or s3://…")
    .option("--older-than <time>", "whose last step is longer ago: 12h, 30d, 8w")
    .option("--keep <n>", "all but the n youngest", wholeNumber)
    .option("--max-size <size>", "the oldest, until the rest is no larger: 500MB, 1GB")
    .addOption(
      new Option("--status <status>", "only runs that ended so").choices([
        "ok",
        "error",
        "cancelled",
        "unfinished",
      ]),
    )
    .option("--dry-run", "only show what would go")
    .option("-y, --yes", "do not ask")
    .action(
      action(async (location: string, options: PruneOptions) => {
        const { pruneLog } = await import("../prune/prune-log.ts");
        return pruneLog(io, location, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log prune ./logs --older-than 30d --dry-run
  step-log prune ./logs --max-size 1GB --status ok --yes
  step-log prune s3://bucket/agents/ --older-than 90d
`,
    );
