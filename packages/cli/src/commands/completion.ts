import { Argument, Command, Option } from "commander";
import type { CommandDefinition } from "../command-context.ts";
import type { Shell } from "../completion/write-completion.ts";

/** `step-log completion [shell]` */
export const completionCommand: CommandDefinition = ({ io, action }) =>
  new Command("completion")
    .summary("a script that completes commands, options and runs in a shell")
    .description("Prints a script by which a shell completes commands, options, files and run ids.")
    .addArgument(
      new Argument("[shell]", "default: that of $SHELL").choices(["bash", "zsh", "fish"]),
    )
    // What the scripts call for run ids.
    .addOption(new Option("--runs [location...]").hideHelp())
    .action(
      action(
        async (shell: Shell | undefined, options: { runs?: true | string[] }, self: Command) => {
          const { writeCompletion, writeRuns } = await import("../completion/write-completion.ts");
          if (options.runs !== undefined)
            return writeRuns(io, options.runs === true ? [] : options.runs);
          return writeCompletion(io, shell, self.parent ?? self);
        },
      ),
    )
    .addHelpText(
      "after",
      `
Examples:
  eval "$(step-log completion bash)"      # into ~/.bashrc
  eval "$(step-log completion zsh)"       # into ~/.zshrc, behind compinit
  step-log completion fish > ~/.config/fish/completions/step-log.fish
`,
    );
