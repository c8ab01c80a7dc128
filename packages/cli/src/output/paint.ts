import pc from "picocolors";
import type { Io, Output } from "../io.ts";

/** Colours for a terminal, and functions that change nothing for everything else. */
export type Paint = ReturnType<typeof pc.createColors>;

/** Colour where there is a terminal that wants it: `NO_COLOR` and `FORCE_COLOR` have the last word. */
export function paintFor({ isTTY }: Output, env: Io["env"]): Paint {
  if (env["NO_COLOR"]) return pc.createColors(false);
  const isForced = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0";
  return pc.createColors(isForced || (isTTY === true && env["TERM"] !== "dumb"));
}
