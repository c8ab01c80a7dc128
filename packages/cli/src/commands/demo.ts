import { Command } from "commander";
import type { CommandDefinition } from "../command-context.ts";

/** `step-log demo` */
export const demoCommand: CommandDefinition = ({ io, action }) =>
  new Command("demo")
    .summary("write logs of a made-up agent to try the commands on")
    .description(
      "Writes a week of runs of a made-up support agent into a folder, to try the commands on.",
    )
    .option("--out <folder>", "a folder that is not there yet", "step-log-demo")
    .action(
      action(async (options: { out: string }) => {
        const { writeDemo } = await import("../demo/write-demo.ts");
        return writeDemo(io, options);
      }),
    )
    .addHelpText("after", "\nExample:\n  step-log demo && step-log stats step-log-demo\n");
