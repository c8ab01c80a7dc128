import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { type FormatOptions, withFormats } from "../output/format.ts";

/** `step-log summarize [LOCATION...]` */
export const summarizeCommand: CommandDefinition = ({ io, action }) =>
  withFormats(new Command("summarize"))
    .summary("sum up a run, or all of a log: calls, tokens, percentiles")
    .description(
      "Sums up a run, or all runs of a log together: calls, tokens, percentiles, by model and by tool.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .option("--run <id>", "of this run only; the beginning of an id will do")
    .action(
      action(async (locations: string[], options: FormatOptions & { run?: string }) => {
        const { summarizeLog } = await import("../summarize/summarize-log.ts");
        return summarizeLog(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log summarize ./logs/run-abc123.jsonl
  step-log summarize ./logs --run run-abc --json
`,
    );
