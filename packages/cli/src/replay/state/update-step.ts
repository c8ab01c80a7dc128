import { type Key, moveBy } from "../../terminal/key.ts";
import {
  heightOf,
  openRunOf,
  type ReplayState,
  replaced,
  type StepPage,
  stepsPageOf,
  TABS,
  type Tab,
} from "./replay-state.ts";
import { startSearch } from "./seek.ts";
import { stepPageLines, stepWidth } from "./step-page-lines.ts";
import { stepRows } from "./step-rows.ts";
import { selectedRow, withSteps } from "./steps-list.ts";
import { followed, toError } from "./update-steps.ts";

/** A key on the page of a step. */
export function updateStep(state: ReplayState, page: StepPage, key: Key): ReplayState {
  const row = selectedRow(state);
  if (row === undefined) return state;
  const height = heightOf(page, state.size);
  const lines = stepPageLines(state, row, {
    tab: page.tab,
    width: stepWidth(state.size, page.tab),
  });
  const last = Math.max(0, lines.length - height);
  const isEnd = key.name === "end" || key.text === "G";
  const top = isEnd ? last : moveBy(key, height, lines.length, page.top);
  if (top !== undefined) return replaced(state, { ...page, top: Math.min(last, top) });
  if (key.name === "right" || key.text === "]") return toStep(state, 1);
  if (key.name === "left" || key.text === "[") return toStep(state, -1);
  const tab = tabOf(key, page.tab);
  if (tab !== undefined) return replaced(state, { ...page, tab, top: 0 });
  switch (key.text) {
    case "e":
    case "E":
      return atTop(toError(state, key.text === "e" ? 1 : -1), state);
    case "n":
    case "N":
      return startSearch(state, state.search?.text ?? "", key.text === "n" ? 1 : -1);
    case "f":
      return followed(state);
  }
  return page.top > last ? replaced(state, { ...page, top: last }) : state;
}

function tabOf({ name, text, shift }: Key, tab: Tab): Tab | undefined {
  const at = TABS.indexOf(tab);
  if (name === "tab") return TABS.at((at + (shift ? -1 : 1)) % TABS.length);
  return /^[1-9]$/.test(text ?? "") ? TABS[Number(text) - 1] : undefined;
}

/** The next step of the list that it was opened from, or the one before. */
function toStep(state: ReplayState, by: 1 | -1): ReplayState {
  const run = openRunOf(state);
  const list = stepsPageOf(state);
  if (run === undefined || list === undefined) return state;
  const rows = stepRows(run, list);
  let at = list.cursor + by;
  // Runs of sub-agents have pages of their own.
  while (rows.at(at)?.step === null) at += by;
  if (at < 0 || at >= rows.length) {
    return { ...state, notice: by === 1 ? "this is the last step" : "this is the first step" };
  }
  return atTop(
    withSteps(state, (it) => ({ ...it, cursor: at })),
    state,
  );
}

/** Another step is shown from its beginning. */
function atTop(next: ReplayState, before: ReplayState): ReplayState {
  const page = next.pages.at(-1);
  const isSame = selectedRow(next)?.step === selectedRow(before)?.step;
  return isSame || page?.kind !== "step" ? next : replaced(next, { ...page, top: 0 });
}
