import type { SkippedCase } from "./conformance-case.ts";

/**
 * The reasons for skipping, by name of the case.
 *
 * @throws TypeError when there is no such case, or no reason.
 */
export function skipReasons(
  names: readonly string[],
  skip: readonly SkippedCase[] = [],
): Map<string, string> {
  for (const { case: name, reason } of skip) {
    if (!names.includes(name)) {
      throw new TypeError(`skip: no case is called "${name}"; there are:\n${names.join("\n")}`);
    }
    if (typeof reason !== "string" || reason.trim() === "") {
      throw new TypeError(`skip: "${name}" needs a reason`);
    }
  }
  return new Map(skip.map(({ case: name, reason }) => [name, reason]));
}
