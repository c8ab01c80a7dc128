import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";

/** `step-log diff A B` */
export const diffCommand: CommandDefinition = ({ io, action }) =>
  new Command("diff")
    .summary("compare two runs: where they part, and in what they differ")
    .description(
      "Compares two runs by what their steps are, not by where they stand, and names the first step in which they " +
        "part. Ids, times and durations make no difference. The exit code is 0 where they are the same, 1 where they differ.",
    )
    .argument("<a>", "a LOCATION, or LOCATION#run-id")
    .argument("[b]", "another; left out with --run twice")
    .option("--run <id>", "a run of A; given twice, the second is of B, or of A, too", collected)
    .option(
      "--ignore <path>",
      "a place that may differ: /output/request_id, /input/**/id",
      collected,
    )
    .option("--all", "list the steps that are the same, too")
    .option("--json", "print one JSON document, keys in snake_case")
    .option("--no-pager", "do not use $PAGER")
    .action(
      action(async (a: string, b: string | undefined, options: Parameters<DiffRuns>[2]) => {
        const { diffRuns } = await import("../diff/diff-runs.ts");
        return diffRuns(io, [a, b], options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log diff ./logs/run-abc123.jsonl ./logs/run-def456.jsonl
  step-log diff ./logs#run-abc ./logs#latest
  step-log diff ./logs --run run-abc --run run-def --ignore /output/took_ms
`,
    );

type DiffRuns = typeof import("../diff/diff-runs.ts").diffRuns;

function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
