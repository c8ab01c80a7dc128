import { type ExitCode, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { plural } from "./figures.ts";
import { note } from "./note.ts";

/** Says beside the answer that there were lines which it leaves out; gives the exit code. */
export function tellBadLines(io: Pick<Io, "stderr">, count: number): ExitCode {
  if (count > 0)
    note(io, `${plural(count, "line")} could not be read; \`step-log verify\` shows where`);
  return OK;
}
