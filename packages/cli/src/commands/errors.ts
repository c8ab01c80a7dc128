import { Command, Option } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import type { ErrorsOptions } from "../errors/list-errors.ts";
import { withFormats } from "../output/format.ts";
import { withPeriod } from "../period.ts";
import { wholeNumber } from "../whole-number.ts";

/** `step-log errors [LOCATION...]` */
export const errorsCommand: CommandDefinition = ({ io, action }) =>
  withFormats(withPeriod(new Command("errors")))
    .summary("what failed, the same errors put together, with where in the code")
    .description(
      "Shows what failed: calls of tools and models, and runs. Messages that differ in figures, ids, paths and quoted texts count as one. " +
        "Share is that of the calls of the same tool or model.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .addOption(
      new Option("--by <what>", "put together by this alone").choices(["tool", "type", "message"]),
    )
    .option("--run <id>", "of this run only; the beginning of an id will do, or latest")
    .option("--limit <n>", "the largest groups only (default: 20 for people)", wholeNumber)
    .action(
      action(async (locations: string[], options: ErrorsOptions) => {
        const { listErrors } = await import("../errors/list-errors.ts");
        return listErrors(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log errors ./logs --since 24h
  step-log errors ./logs --by tool --csv > errors.csv
`,
    );
