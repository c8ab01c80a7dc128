import type { Replay, ReplayStep } from "@step-log/replay";

// Imports give 0 to what was recorded without times; no agent ran in the first days of 1970.
const FIRST_TIME_S = 30 * 24 * 3600;

/** A time in Unix seconds, `null` where it is none that can be meant. */
export function knownTime(ts: number | null | undefined): number | null {
  return typeof ts === "number" && ts > FIRST_TIME_S ? ts : null;
}

/** How far into its run a step began, in milliseconds; `null` where times are not known. */
export function afterMs(
  replay: Replay,
  { startedAt }: Pick<ReplayStep, "startedAt">,
): number | null {
  const first = knownTime(replay.at(0)?.startedAt);
  if (first === null || knownTime(startedAt) === null) return null;
  // Times have no more than microseconds.
  return Math.max(0, Math.round(1e6 * (startedAt - first)) / 1e3);
}

/** How a run stands: `error after 12 s`, `no end after 3.4 s`; without times `ok`. */
export function statusText(status: string | null, startedAt: number | null, took: string): string {
  return `${status ?? "no end"}${knownTime(startedAt) === null ? "" : ` after ${took}`}`;
}
