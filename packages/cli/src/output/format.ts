import { type Command, Option } from "commander";

/** The formats that answers have. */
export type Format = "table" | "json" | "jsonl" | "csv" | "markdown";

/** The options that choose one. */
export interface FormatOptions {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly csv?: boolean;
  readonly markdown?: boolean;
}

const FORMATS = {
  json: "print one JSON document, keys in snake_case",
  jsonl: "print a JSON object a row",
  csv: "print a row a line; cells that a spreadsheet would take for a formula begin with '",
  markdown: "print tables in Markdown",
} as const;

/** Adds `--json`, `--jsonl`, `--csv` and `--markdown`, of which one may be given. */
export function withFormats(command: Command): Command {
  const names = Object.keys(FORMATS);
  for (const [name, description] of Object.entries(FORMATS)) {
    const others = names.filter((it) => it !== name);
    command.addOption(new Option(`--${name}`, description).conflicts(others));
  }
  return command;
}

/** The format that was asked for. */
export function formatOf(options: FormatOptions): Format {
  const chosen = (Object.keys(FORMATS) as (keyof typeof FORMATS)[]).find((name) => options[name]);
  return chosen ?? "table";
}
