import { Command, InvalidArgumentError } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { withFormats } from "../output/format.ts";

/** `step-log show [LOCATION...]` */
export const showCommand: CommandDefinition = ({ io, action }) =>
  withFormats(new Command("show"))
    .summary("print the steps of a run, or one step whole")
    .description(
      "Prints the steps of a run, or one step whole: what it was given and gave, its error with the frames, and what " +
        "the agent had done and spent by then. On a terminal long answers go through $PAGER.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .option(
      "--run <id>",
      "this run; the beginning of an id will do, latest is the one that began last",
    )
    .option("--step <n>", "the step of this number, whole", stepNumber)
    .option(
      "--type <types>",
      "steps of these types only: llm,tool,event or as the records have it",
      typeNames,
    )
    .option("--errors", "steps that failed only")
    .option("--full", "with --step: print long values to their end")
    .option("--no-pager", "do not use $PAGER")
    .action(
      action(async (locations: string[], options: Parameters<ShowRun>[2]) => {
        const { showRun } = await import("../show/show-run.ts");
        return showRun(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log show ./logs/run-abc123.jsonl
  step-log show ./logs --run latest --errors
  step-log show ./logs --run run-abc --step 12 --full
  step-log show ./logs --run run-abc --type tool --jsonl | jq .duration_ms
`,
    );

type ShowRun = typeof import("../show/show-run.ts").showRun;

/** Reads names with commas between them; the option can be given several times. */
function typeNames(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(",").filter(Boolean)];
}

/** Reads the number of a step. */
export function stepNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A step has a whole number, from 0.");
}
