import type { CommandModel, completionModel, OptionModel } from "./completion-model.ts";

/** The completion of bash, 3.2 and later. Everything in it is ours; ids of runs are never expanded. */
export function bashScript({ program, commands }: ReturnType<typeof completionModel>): string {
  const names = commands.map(({ name }) => name).join(" ");
  const all = [{ ...program, name: "" }, ...commands];
  return `# Completion of step-log for bash. To have it in every shell, put this line into ~/.bashrc:
#   eval "$(step-log completion bash)"
_step_log() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= words= at
  local -a locations
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      -*) ;;
      *) if [ -z "$command" ]; then command=\${COMP_WORDS[at]}; else locations+=("\${COMP_WORDS[at]}"); fi ;;
    esac
  done
  case $command/$prev in
${valueCases(all).join("\n")}
  esac
  case $cur in
    -*)
      case $command in
${all.map((it) => `        '${it.name}') words='${namesOf(it)}' ;;`).join("\n")}
      esac ;;
    *)
      case $command in
        '') words='${names}' ;;
${commands.flatMap((it) => argumentCase(it, names)).join("\n")}
      esac ;;
  esac
  # Without words, the shell completes files.
  [ -n "$words" ] && COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
_step_log_runs() {
  local run
  while IFS= read -r run; do
    case $run in "$cur"*) COMPREPLY+=("$run") ;; esac
  done < <(step-log completion --runs \${locations[@]+"\${locations[@]}"} 2>/dev/null </dev/null)
}
complete -o bashdefault -o default -F _step_log step-log
`;
}

function namesOf({ options }: CommandModel): string {
  return options.flatMap(({ names }) => names).join(" ");
}

/** One case for all options after which the same is to be done. */
function valueCases(commands: readonly CommandModel[]): readonly string[] {
  const patterns = new Map<string, string[]>();
  for (const { name, options } of commands) {
    for (const option of options) {
      const then = valueAction(option);
      if (then === undefined) continue;
      const names = option.names.map((it) => `'${name}/${it}'`);
      patterns.set(then, [...(patterns.get(then) ?? []), ...names]);
    }
  }
  return [...patterns].map(([then, names]) => `    ${names.join(" | ")}) ${then} ;;`);
}

function valueAction({ values }: OptionModel): string | undefined {
  switch (values.kind) {
    case "runs":
      return "_step_log_runs; return";
    case "words":
      return `COMPREPLY=($(compgen -W '${values.words.join(" ")}' -- "$cur")); return`;
    case "files":
      return "return";
    case "text":
      // Something that stands for itself, so that no files are offered.
      return 'COMPREPLY=("$cur"); return';
    default:
      return undefined;
  }
}

function argumentCase({ name, argument }: CommandModel, commands: string): readonly string[] {
  if (argument.kind === "commands") return [`        '${name}') words='${commands}' ;;`];
  if (argument.kind === "words")
    return [`        '${name}') words='${argument.words.join(" ")}' ;;`];
  return [];
}
