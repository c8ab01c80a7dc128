import { Command, InvalidArgumentError } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import type { TailLogOptions } from "../tail/tail-log.ts";

/** `step-log tail [LOCATION...]` */
export const tailCommand: CommandDefinition = ({ io, action }) =>
  new Command("tail")
    .summary("the last steps, and with -f those that come")
    .description(
      "Shows the last steps, one a line: when, run, step, what, how long, tokens, how it ended. " +
        "With -f it goes on with what is written, in new files of a folder too, until Ctrl-C.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .option("-f, --follow", "go on with what is written")
    .option("-n, --lines <n>", "how many to begin with", wholeNumberOrNone, 10)
    .option("--run <id>", "of this run only; the beginning of an id will do, or latest")
    .option("--type <types>", "of these types only: llm_call,tool_call,event,…")
    .option("--errors", "only what failed")
    .option("--jsonl", "print records as they are, a JSON object a line")
    .action(
      action(async (locations: string[], options: TailLogOptions) => {
        const { tailLog } = await import("../tail/tail-log.ts");
        return tailLog(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log tail -f ./logs
  step-log tail -n 50 ./logs/agent-steps.jsonl --errors
  step-log tail -f ./logs --jsonl | jq 'select(.type == "tool_call")'
`,
    );

function wholeNumberOrNone(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}
