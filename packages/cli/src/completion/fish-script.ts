import type { CommandModel, completionModel, OptionModel, Values } from "./completion-model.ts";

/** The completion of fish. */
export function fishScript({ program, commands }: ReturnType<typeof completionModel>): string {
  const lines = [
    ...program.options.map((option) => `${START}${AT_FIRST} ${optionWords(option)}`),
    ...commands.map(
      ({ name, summary }) => `${START}${AT_FIRST} -f -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap((it) => commandLines(it, commands)),
  ];
  return `# Completion of step-log for fish. To have it in every shell:
#   step-log completion fish > ~/.config/fish/completions/step-log.fish
function __step_log_runs
    set -l words (commandline -opc)
    step-log completion --runs (string match -v -- '-*' $words[3..-1]) 2>/dev/null </dev/null
end
${lines.join("\n")}
`;
}

const START = "complete -c step-log ";
const AT_FIRST = "-n __fish_use_subcommand";

function commandLines(
  { name, options, argument }: CommandModel,
  commands: readonly CommandModel[],
): readonly string[] {
  const start = `${START}-n '__fish_seen_subcommand_from ${name}'`;
  const lines = options.map((option) => `${start} ${optionWords(option)}`);
  if (argument.kind === "words") lines.push(`${start} -f -a '${argument.words.join(" ")}'`);
  if (argument.kind === "none") lines.push(`${start} -f`);
  if (argument.kind === "commands") {
    lines.push(`${start} -f -a '${commands.map((it) => it.name).join(" ")}'`);
  }
  return lines;
}

function optionWords({ names, description, values }: OptionModel): string {
  const flags = names.map((it) =>
    it.startsWith("--") ? `-l ${it.slice(2)}` : `-s ${it.slice(1)}`,
  );
  return [...flags, ...valueWords(values), `-d ${quoted(description)}`].join(" ");
}

function valueWords(values: Values): readonly string[] {
  switch (values.kind) {
    case "runs":
      return ["-x -a '(__step_log_runs)'"];
    case "words":
      return [`-x -a '${values.words.join(" ")}'`];
    case "files":
      return ["-r -F"];
    case "text":
      return ["-x"];
    default:
      return [];
  }
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
