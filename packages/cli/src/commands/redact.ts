import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { withFormats } from "../output/format.ts";
import type { RedactLogOptions } from "../redact/redact-log.ts";

/** `step-log redact LOCATION --out FILE|FOLDER` */
export const redactCommand: CommandDefinition = ({ io, action }) =>
  withFormats(new Command("redact"))
    .summary("copy a log without the secrets in it")
    .description(
      "Copies a log of step-log's to new files, with credentials replaced by [REDACTED:…], and says how " +
        "many and by which names. The log itself stays as it is, and so does each line without a secret, " +
        "byte for byte. Lines that cannot be read are left out, since they may hold secrets.",
    )
    .argument("<location>", "a file or a folder")
    .requiredOption("-o, --out <location>", "a new file, or a folder for the files of a folder")
    .option(
      "--names <names...>",
      "further keys whose values are secret: customer_ssn, '/^x-internal/i'",
    )
    .option("--patterns <patterns...>", "further secrets by their looks, as regular expressions")
    .option("--keep-bad-lines", "keep lines that cannot be read, looked through as text")
    .action(
      action(async (location: string, options: RedactLogOptions) => {
        const { redactLog } = await import("../redact/redact-log.ts");
        return redactLog(io, location, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log redact ./logs --out ./logs-to-share
  step-log redact run.jsonl --out shared.jsonl --names customer_ssn --patterns '\\d{3}-\\d{2}-\\d{4}'

Exit codes: 1 when there were lines that could not be read.
`,
    );
