import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import type { ExportOptions } from "../export/export-runs.ts";
import { withPeriod } from "../period.ts";

/** `step-log export [LOCATION...]` */
export const exportCommand: CommandDefinition = ({ io, action }) =>
  withPeriod(new Command("export"))
    .summary("write runs as OTLP-JSON, ATIF, CSV, Markdown, or one HTML page")
    .description(
      "Writes runs in another format: all, those named, or those with a record of a time. An HTML page " +
        "of a run is one file for a bug report: it opens offline, and nothing in it can run.",
    )
    .argument("[location...]", "files, folders, globs, - or s3://…")
    .option(
      "-f, --format <format>",
      "otlp-json, atif, csv, markdown or html; the ending of -o may tell it",
    )
    .option(
      "--run <id>",
      "a run, by the beginning of its id, or latest; may be given again",
      (id: string, before: readonly string[] = []) => [...before, id],
    )
    .option("-o, --output <file>", "write to a file, which appears when it is whole")
    .option("--redact", "replace credentials that are in the log")
    .action(
      action(async (locations: string[], options: ExportOptions) => {
        const { exportRuns } = await import("../export/export-runs.ts");
        return exportRuns(io, locations, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log export logs --run run-abc -o run.html --redact
  step-log export logs --since 1d --format otlp-json | gzip > spans.jsonl.gz
  step-log export logs --format csv -o steps.csv
`,
    );
