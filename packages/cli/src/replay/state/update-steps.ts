import { isEnter, type Key, moveBy } from "../../terminal/key.ts";
import {
  heightOf,
  openRunOf,
  type ReplayState,
  type StepsPage,
  type StepsView,
  stepsPage,
  stepsPageOf,
} from "./replay-state.ts";
import { startSearch } from "./seek.ts";
import { isError, type StepRow, stepRows } from "./step-rows.ts";
import { jumpTo, withSteps } from "./steps-list.ts";

const VIEW_KEYS: Readonly<Record<string, StepsView>> = {
  t: "tree",
  s: "slowest",
  m: "tokens",
  x: "errors",
};

/** A key on the list of steps. */
export function updateSteps(state: ReplayState, page: StepsPage, key: Key): ReplayState {
  const run = openRunOf(state);
  if (run === undefined) return state;
  const rows = stepRows(run, page);
  const moved = moveBy(key, heightOf(page, state.size), rows.length, page.cursor);
  if (moved !== undefined) return withSteps(state, (it) => ({ ...it, cursor: moved }));
  const row = rows.at(page.cursor);
  const view = VIEW_KEYS[key.text ?? ""];
  if (view !== undefined) return showing(state, page, page.view === view ? "list" : view, row);
  if (page.view === "tree" && row !== undefined && row.inside > 0) {
    const isFolded = page.folded.has(row.key);
    const folds = key.text === "-" || key.name === "left" || (key.name === "tab" && !isFolded);
    const unfolds = key.text === "+" || key.name === "right" || (key.name === "tab" && isFolded);
    if (folds || (unfolds && isFolded)) return withSteps(state, (it) => folded(it, row, folds));
  }
  if (row !== undefined && isEnter(key)) return opened(state, row);
  switch (key.text) {
    case "e":
    case "E":
      return toError(state, key.text === "e" ? 1 : -1);
    case "n":
    case "N":
      return startSearch(state, state.search?.text ?? "", key.text === "n" ? 1 : -1);
    case "f":
      return followed(state);
  }
  return state;
}

/** Follows the run as it goes on, from its end; or leaves it. */
export function followed(state: ReplayState): ReplayState {
  const isFollowing = !state.isFollowing;
  const run = openRunOf(state);
  const next = {
    ...state,
    isFollowing,
    notice: isFollowing ? "following the run; f ends it" : "no longer following",
  };
  if (!isFollowing || run === undefined) return next;
  return withSteps(next, (page) => ({ ...page, view: "list", cursor: run.length - 1 }));
}

/** Moves to the next step that failed, or the one before. */
export function toError(state: ReplayState, by: 1 | -1): ReplayState {
  const run = openRunOf(state);
  const page = stepsPageOf(state);
  if (run === undefined || page === undefined) return state;
  const rows = stepRows(run, page);
  for (let at = page.cursor + by; at >= 0 && at < rows.length; at += by) {
    const step = rows.at(at)?.step;
    if (step && isError(step)) return jumpTo(state, at);
  }
  const here = rows.at(page.cursor)?.step;
  const isOnOne = here !== undefined && here !== null && isError(here);
  const where = by === 1 ? "after" : "before";
  return {
    ...state,
    notice: isOnOne ? `no other error ${where} this one` : `no error ${where} this step`,
  };
}

/** Selects the step of a number. */
export function goTo(state: ReplayState, typed: string): ReplayState {
  const run = openRunOf(state);
  const step = run?.replay.byNumber(Number(typed));
  if (run === undefined || typed.trim() === "") return state;
  if (step === undefined) return { ...state, notice: `there is no step ${typed}` };
  const page = stepsPageOf(state);
  const at = page === undefined ? -1 : stepRows(run, page).placeOf(step);
  if (at !== -1) return jumpTo(state, at);
  return jumpTo(
    withSteps(state, (it) => ({ ...it, view: "list" })),
    step.index,
  );
}

function showing(
  state: ReplayState,
  page: StepsPage,
  view: StepsView,
  row: StepRow | undefined,
): ReplayState {
  const run = openRunOf(state);
  if (run === undefined) return state;
  const step = row?.step;
  const next = { ...page, view };
  // What stands first tells most in the ones that are sorted; in the others the step stays selected.
  const isSorted = view === "slowest" || view === "tokens";
  const at = step && !isSorted ? stepRows(run, next).placeOf(step) : 0;
  const height = heightOf(page, state.size);
  const top = Math.max(0, at - Math.floor(height / 2));
  return withSteps(state, () => ({ ...next, cursor: Math.max(0, at), top }));
}

function folded(page: StepsPage, { key }: StepRow, isFolded: boolean): StepsPage {
  const all = new Set(page.folded);
  if (isFolded) all.add(key);
  else all.delete(key);
  return { ...page, folded: all };
}

function opened(state: ReplayState, { step, replay }: StepRow): ReplayState {
  if (step === null) {
    return { ...state, pages: [...state.pages, { ...stepsPage(replay.runId), view: "tree" }] };
  }
  return { ...state, pages: [...state.pages, { kind: "step", tab: "step", top: 0 }] };
}
