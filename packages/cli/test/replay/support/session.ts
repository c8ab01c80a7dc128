import type { StepRecord } from "@step-log/core";
import { Replay, type RunTree } from "@step-log/replay";
import pc from "picocolors";
import {
  initialState,
  type ReplayState,
  type Size,
} from "../../../src/replay/state/replay-state.ts";
import { isSearching } from "../../../src/replay/state/seek.ts";
import { update } from "../../../src/replay/state/update.ts";
import { view } from "../../../src/replay/view/view.ts";
import type { Key } from "../../../src/terminal/key.ts";

const NAMES = new Set(
  "up down left right pageup pagedown home end return escape tab backspace".split(" "),
);

/** A cent a call, whatever the price list says. */
export const costOf = (): number => 0.01;

/** The records of a log's text. */
export function recordsOf(text: string): readonly StepRecord[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** The pages of a run that was read to its end. */
export function opened(text: string, size: Size = { columns: 80, rows: 24 }): ReplayState {
  const replay = Replay.of(recordsOf(text), { costOf });
  const { runId } = replay;
  const state = initialState({ name: "logs", costOf, size }, { runId, isOnly: true });
  return update(state, { kind: "read", replay, isComplete: true });
}

/** With the runs of sub-agents, as they are found a little later. */
export function withTree(state: ReplayState, tree: RunTree): ReplayState {
  return update(state, { kind: "tree", tree });
}

/** Presses keys, by their names or as they are typed, and searches to the end. */
export function press(state: ReplayState, ...keys: readonly string[]): ReplayState {
  let next = state;
  for (const key of keys) {
    for (const it of NAMES.has(key) ? [{ name: key }] : typed(key)) {
      next = update(next, { kind: "key", key: it });
    }
    while (isSearching(next)) next = update(next, { kind: "time" });
  }
  return next;
}

function typed(text: string): readonly Key[] {
  return [...text].map((it) => ({ text: it, name: it.toLowerCase() }));
}

/** What stands on the screen, without colours. */
export function frame(state: ReplayState): string {
  return `${view(state, pc.createColors(false))
    .map((line) => line.trimEnd())
    .join("\n")}\n`;
}

/** The line that is selected. */
export function selected(state: ReplayState): string {
  const line = frame(state)
    .split("\n")
    .find((it) => it.startsWith(">"));
  return line?.slice(1).trim().replaceAll(/\s+/g, " ") ?? "";
}
