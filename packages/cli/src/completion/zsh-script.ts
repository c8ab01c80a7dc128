import type { CommandModel, completionModel, OptionModel, Values } from "./completion-model.ts";

/** The completion of zsh, by its own `_arguments`. */
export function zshScript({ commands }: ReturnType<typeof completionModel>): string {
  const described = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  return `#compdef step-log
# Completion of step-log for zsh. To have it in every shell, put this behind compinit in ~/.zshrc:
#   eval "$(step-log completion zsh)"
_step_log_commands() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  _describe -t commands command commands
}
_step_log_runs() {
  local -a runs
  runs=(\${(f)"$(step-log completion --runs \${(Q)words[2,CURRENT-1]:#-*} 2>/dev/null </dev/null)"})
  compadd -a runs
}
_step_log() {
  if (( CURRENT == 2 )); then
    _step_log_commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${commands.map(commandCase).join("\n")}
  esac
}
(( $+functions[compdef] )) && compdef _step_log step-log
`;
}

function commandCase({ name, options, argument }: CommandModel): string {
  const specs = [...options.flatMap(optionSpecs), ...argumentSpec(argument)];
  return `    ${name}) _arguments ${specs.map(quoted).join(" ")} ;;`;
}

function optionSpecs({ names, description, values }: OptionModel): readonly string[] {
  const after = actionOf(values);
  const spec = (name: string) =>
    `${name}[${escaped(description)}]${after === "" ? "" : `:value:${after}`}`;
  const [first = "", ...others] = names;
  // One of them, once; conditions may be given again.
  if (names.includes("--where")) return names.map((name) => `*${spec(name)}`);
  return others.length === 0
    ? [spec(first)]
    : names.map((name) => `(${names.join(" ")})${spec(name)}`);
}

function actionOf(values: Values): string {
  switch (values.kind) {
    case "runs":
      return "_step_log_runs";
    case "files":
      return "_files";
    case "words":
      return `(${values.words.join(" ")})`;
    case "text":
      return " ";
    default:
      return "";
  }
}

function argumentSpec(values: Values): readonly string[] {
  if (values.kind === "none") return [];
  if (values.kind === "commands") return ["*:command:_step_log_commands"];
  return [`*:argument:${actionOf(values)}`];
}

/** For what stands between brackets. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
