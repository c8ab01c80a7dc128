import { shortText } from "./short-text.ts";

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
// Of a UUID of version 7 these are its time, to the millisecond: so much tells runs apart.
const UUID_CHARS = 13;

/** A run id where there is little room: of a UUID its beginning, which `--run` takes as well. */
export function shortRunId(runId: string, width = 24): string {
  if (UUID.test(runId)) return runId.slice(0, UUID_CHARS);
  return shortText(runId, width, "middle");
}
