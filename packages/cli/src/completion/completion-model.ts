import type { Command, Option } from "commander";

/** What can stand after an option, or in the place of an argument. */
export type Values =
  | { readonly kind: "none" | "text" | "files" | "runs" | "commands" }
  | { readonly kind: "words"; readonly words: readonly string[] };

/** An option, as shells complete it. */
export interface OptionModel {
  /** With its dashes: `--run`; the short one, if there is one, first. */
  readonly names: readonly string[];
  readonly description: string;
  readonly values: Values;
}

/** A command, as shells complete it. */
export interface CommandModel {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionModel[];
  readonly argument: Values;
}

/** Reads from a command line what there is to complete: its commands, or those of the program. */
export function completionModel(root: Command): {
  readonly program: CommandModel;
  readonly commands: readonly CommandModel[];
} {
  const commands = root.createHelp().visibleCommands(root);
  return { program: modelOf(root), commands: commands.map(modelOf) };
}

function modelOf(command: Command): CommandModel {
  const options = command.createHelp().visibleOptions(command);
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    options: options.map((option) => ({
      names: [option.short, option.long].filter((name) => typeof name === "string"),
      description: option.description,
      values: valuesOf(option),
    })),
    argument: argumentOf(command),
  };
}

function valuesOf({ long, flags, required, optional, argChoices }: Option): Values {
  if (!required && !optional) return { kind: "none" };
  if (argChoices !== undefined) return { kind: "words", words: argChoices };
  if (long === "--run") return { kind: "runs" };
  return { kind: /[<[](?:file|folder|path|dir|location)/i.test(flags) ? "files" : "text" };
}

function argumentOf(command: Command): Values {
  if (command.name() === "help") return { kind: "commands" };
  const choices = command.registeredArguments.find(({ argChoices }) => argChoices !== undefined);
  if (choices?.argChoices !== undefined) return { kind: "words", words: choices.argChoices };
  return { kind: command.registeredArguments.length === 0 ? "none" : "files" };
}
