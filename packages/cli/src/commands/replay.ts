import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { stepNumber } from "./show.ts";

/** `step-log replay [LOCATION...]` */
export const replayCommand: CommandDefinition = ({ io, action }) =>
  new Command("replay")
    .summary("step through a run on the whole terminal")
    .description(
      "Steps through a run on the whole terminal: its steps, what each was given and gave, what the agent had done " +
        "and spent by then, errors with their frames, and the tree of parallel calls and sub-agents. ? shows the keys.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .option(
      "--run <id>",
      "this run; the beginning of an id will do, latest is the one that began last",
    )
    .option("--step <n>", "print the step of this number instead", stepNumber)
    .option("-f, --follow", "follow the run as it goes on")
    .option("--json", "with --step: print one JSON document, keys in snake_case")
    .option("--full", "with --step: print long values to their end")
    .option("--no-pager", "with --step: do not use $PAGER")
    .action(
      action(async (locations: string[], options: Parameters<ReplayLog>[2]) => {
        const { replayLog } = await import("../replay/replay-log.ts");
        return replayLog(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log replay ./logs                                # the list of its runs
  step-log replay ./logs --run latest --follow          # what the agent is doing now
  step-log replay ~/.claude/projects/my-app             # a log of another tool
  step-log replay ./logs/run-abc123.jsonl --step 12     # one step, printed
`,
    );

type ReplayLog = typeof import("../replay/replay-log.ts").replayLog;
