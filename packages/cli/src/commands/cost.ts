import { Command, Option } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import type { CostOptions } from "../cost/show-cost.ts";
import { withFormats } from "../output/format.ts";
import { withPeriod } from "../period.ts";
import { COST_DIMENSIONS } from "../stats/dimensions.ts";

/** `step-log cost [LOCATION...]` */
export const costCommand: CommandDefinition = ({ io, action }) =>
  withFormats(withPeriod(new Command("cost")))
    .summary("what runs cost, by model, day and run")
    .description(
      "What the calls of models cost in US dollars, by a price list that comes with step-log and by your own " +
        "prices. A call whose price is not known is named, and never counted as $0.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .addOption(new Option("--by <what>", "one table: by this").choices(COST_DIMENSIONS))
    .option("--prices <file>", "a JSON file of your own prices, which go before the list")
    .option("--time-zone <name>", "whose days to count: Europe/Berlin", "UTC")
    .action(
      action(async (locations: string[], options: CostOptions) => {
        const { showCost } = await import("../cost/show-cost.ts");
        return showCost(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Own prices are in US dollars for a million tokens, and hold for names with * as well:
  [{"model": "acme/*", "usdPerMTok": {"input": 1, "output": 4, "cacheRead": 0.1}}]

Examples:
  step-log cost ./logs
  step-log cost ./logs --since 7d --by day --time-zone Europe/Berlin
  step-log cost ~/.claude/projects --by model
  step-log cost ./logs --prices prices.json --json | jq .total_usd
`,
    );
