import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { withFormats } from "../output/format.ts";
import { withPeriod } from "../period.ts";
import type { SearchOptions } from "../search/search-log.ts";
import { wholeNumber } from "../whole-number.ts";

/** `step-log search TEXT [LOCATION...]` */
export const searchCommand: CommandDefinition = ({ io, action }) =>
  withFormats(withPeriod(new Command("search")))
    .summary("find the steps in which a text stands")
    .description(
      "Shows the steps in which a text stands, in what went in and came out, in errors, names and data. " +
        "Exit code 1 where there is none, as with grep.",
    )
    .argument("<text>", "as it stands; '' to ask for --where, --type … alone")
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .option("-e, --regex", "take the text for a regular expression of JavaScript")
    .option("-i, --ignore-case", "take capital and small letters for the same")
    .option("--in <parts>", "input, output, error, name, model, data, metadata, tags, body, usage")
    .option("--type <types>", "of these types only: llm_call,tool_call,event,…")
    .option("--tool <name>", "calls of this tool only")
    .option("--model <name>", "calls of this model only")
    .option("--run <id>", "in this run only; the beginning of an id will do, or latest")
    .option(
      "--where <condition>",
      "'duration_ms>1000', 'error!=null', 'tool=search', 'error~timeout'; may be given again",
      (condition: string, before: readonly string[] = []) => [...before, condition],
    )
    .option("--limit <n>", "stop after so many", wholeNumber)
    .option("-c, --count", "print how many there are")
    .action(
      action(async (text: string, locations: string[], options: SearchOptions) => {
        const { searchLog } = await import("../search/search-log.ts");
        return searchLog(io, text, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log search "order 4711" ./logs
  step-log search -i timeout ./logs --in error --since 2d
  step-log search '' ./logs --where 'duration_ms>10000' --where 'error=null'
`,
    );
