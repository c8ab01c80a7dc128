import { Command, Option } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import type { ListOptions } from "../ls/list-runs.ts";
import { SORT_KEYS } from "../ls/sort-key.ts";
import { withFormats } from "../output/format.ts";
import { withPeriod } from "../period.ts";
import { RUN_STATES } from "../stats/run-state.ts";

/** `step-log ls [LOCATION...]` */
export const lsCommand: CommandDefinition = ({ io, action }) =>
  withFormats(withPeriod(new Command("ls")))
    .summary("list runs, the newest first")
    .description(
      "Lists runs, the newest first: when each began, how long it took, how it ended, steps, tokens, cost, " +
        "errors. A run that has not ended is running where its last record is less than 15 minutes old, else " +
        "unfinished: the agent was killed, or crashed.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .option("--limit <n>", "so many at the most; on a terminal 50 if nothing is said, else all")
    .addOption(new Option("--sort <what>", "the highest first").choices(SORT_KEYS).default("began"))
    .option("--reverse", "the lowest first")
    .addOption(new Option("--status <status>", "only runs in this state").choices(RUN_STATES))
    .option("--failed", "only runs that ended in an error or not at all, or had a call that failed")
    .option("--agent <name>", "only runs of this agent")
    .option("--task-type <name>", "only runs for this type of task")
    .option("--prices <file>", "a JSON file of your own prices, which go before the list")
    .action(
      action(async (locations: string[], options: ListOptions) => {
        const { listRuns } = await import("../ls/list-runs.ts");
        return listRuns(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log ls ./logs
  step-log ls ./logs --failed --since 24h
  step-log ls ./logs --sort cost --limit 10
  step-log ls ./logs --status unfinished --json | jq -r '.[].run_id'
`,
    );
