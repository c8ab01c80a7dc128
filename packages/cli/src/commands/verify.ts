import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { type FormatOptions, withFormats } from "../output/format.ts";

/** `step-log verify [LOCATION...]` */
export const verifyCommand: CommandDefinition = ({ io, action }) =>
  withFormats(new Command("verify"))
    .summary("what is wrong with a log, and where; changes nothing")
    .description(
      "Reads everything and says which lines are no records, which steps are missing or there twice, and whether a file ends torn. " +
        "Of a bucket it says which parts have not come. Exit code 1 where something is wrong. Changes nothing.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .action(
      action(async (locations: string[], options: FormatOptions) => {
        const { verifyLog } = await import("../verify/verify-log.ts");
        return verifyLog(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log verify ./logs
  step-log verify s3://bucket/agents/ --json || notify "the log is damaged"
`,
    );
