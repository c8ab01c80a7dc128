import { nearest } from "./nearest.ts";
import { UsageError } from "./usage-error.ts";

const TYPES: readonly string[] = [
  "run_start",
  "llm_call",
  "tool_call",
  "step_start",
  "event",
  "wire_call",
  "run_end",
  "log_dropped",
];

/**
 * Reads `--type llm_call,tool_call`; nothing for all types.
 *
 * @throws UsageError
 */
export function recordTypes(given: string | undefined): ReadonlySet<string> | undefined {
  return given === undefined ? undefined : namesOf(given, TYPES, "--type");
}

/**
 * Reads names with commas between them.
 *
 * @throws UsageError for one that is not known
 */
export function namesOf(
  given: string,
  known: readonly string[],
  option: string,
): ReadonlySet<string> {
  const names = given.split(",").map((name) => name.trim());
  for (const name of names) {
    if (!known.includes(name)) {
      throw new UsageError(`${option}: there is no ${name}${nearest(name, known)}`);
    }
  }
  return new Set(names);
}
