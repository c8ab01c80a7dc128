import type { Replay, ReplayStep } from "@step-log/replay";

/** Inside how many steps one ran; deeper than `max` counts as that, since a log may go down a step a line. */
export function depthOf(replay: Replay, step: ReplayStep, max: number): number {
  let depth = 0;
  for (let at = replay.parentOf(step); at && depth < max; at = replay.parentOf(at)) depth++;
  return depth;
}
