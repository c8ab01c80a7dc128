import { Command, Option } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { withFormats } from "../output/format.ts";
import { withPeriod } from "../period.ts";
import { DIMENSIONS } from "../stats/dimensions.ts";
import type { StatsOptions } from "../stats/show-stats.ts";

/** `step-log stats [LOCATION...]` */
export const statsCommand: CommandDefinition = ({ io, action }) =>
  withFormats(withPeriod(new Command("stats")))
    .summary("figures across runs: P50, P95, P99, errors, tokens, cost")
    .description(
      "Figures across runs: how long runs, tools and models take (P50, P95, P99), how often they fail, " +
        "what they cost, why models stopped, and which runs hit a limit of tokens.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .addOption(new Option("--by <what>", "one table: by this").choices(DIMENSIONS))
    .option("--prices <file>", "a JSON file of your own prices, which go before the list")
    .option("--time-zone <name>", "whose days to count: Europe/Berlin", "UTC")
    .action(
      action(async (locations: string[], options: StatsOptions) => {
        const { showStats } = await import("../stats/show-stats.ts");
        return showStats(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Percentiles are exact for up to 4,096 calls, and within 1 % for more. Large logs are read by as many
threads as the processor runs at once; STEP_LOG_THREADS=1 sets another number.

Examples:
  step-log stats ./logs
  step-log stats ./logs --since 7d --by tool
  step-log stats ./logs --by model --csv > models.csv
  step-log stats ./logs --json | jq '.by_tool.search.duration_ms.p95'
`,
    );
