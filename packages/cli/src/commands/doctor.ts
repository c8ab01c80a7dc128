import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import { type FormatOptions, withFormats } from "../output/format.ts";

/** `step-log doctor [LOCATION]` */
export const doctorCommand: CommandDefinition = ({ io, action }) =>
  withFormats(new Command("doctor"))
    .summary("look whether all is well here, and say what to do where not")
    .description(
      "Looks at Node, packages, environment, terminal, and the log: whether it can be written and read, the file system, free space, locks left behind, damage. " +
        "Exit code 1 where something fails. Changes nothing.",
    )
    .argument("[location]", "a file, a folder or s3://…")
    .action(
      action(async (location: string | undefined, options: FormatOptions) => {
        const { runDoctor } = await import("../doctor/run-doctor.ts");
        return runDoctor(io, location, options);
      }),
    )
    .addHelpText(
      "after",
      `
Examples:
  step-log doctor
  step-log doctor /var/log/agent/ --json
`,
    );
