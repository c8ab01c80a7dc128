import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** A run at the prompt: where it is, and which it is there. */
export interface RunPlace {
  readonly location: string;
  readonly runId: string | undefined;
}

/** Reads `LOCATION#run-id`; of what is there as a file under that very name, `#` is a part. */
export function runPlace(given: string, cwd: string): RunPlace {
  const at = given.lastIndexOf("#");
  if (at <= 0 || existsSync(resolve(cwd, given))) return { location: given, runId: undefined };
  return { location: given.slice(0, at), runId: given.slice(at + 1) || undefined };
}
