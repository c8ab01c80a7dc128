// Names of models and tools have fewer than 100 characters as a rule, ARNs up to 200, run ids 36.
const MAX_CHARS = 512;

/** What all texts go by that are too long or too many. */
export const OTHER = "(other)";

/** What a stranger's text goes by, so that it takes no more than 1 KiB. */
export function boundedName(text: unknown): string {
  if (typeof text !== "string") return "(unknown)";
  return text.length > MAX_CHARS ? OTHER : text;
}
