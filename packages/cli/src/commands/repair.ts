import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { withFormats } from "../output/format.ts";
import type { RepairLogOptions } from "../repair/repair-log.ts";

/** `step-log repair <location>` */
export const repairCommand: CommandDefinition = ({ io, action }) =>
  withFormats(new Command("repair"))
    .summary("make lines that are no records blank, and keep what they were")
    .description(
      "Makes every line one that strict readers take: a last line without its end gets it; a bad line is copied to <file>.torn and overwritten with spaces. " +
        "No file gets shorter, no good line is touched, writers may go on. Shows what it will do, and asks.",
    )
    .argument("<location>", "a file or a folder")
    .option("--dry-run", "only show what would be done")
    .option("-y, --yes", "do not ask")
    .action(
      action(async (location: string, options: RepairLogOptions) => {
        const { repairLog } = await import("../repair/repair-log.ts");
        return repairLog(io, location, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log repair ./logs --dry-run
  step-log repair ./logs/agent-steps.jsonl --yes
`,
    );
