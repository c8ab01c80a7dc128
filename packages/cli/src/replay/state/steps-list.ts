import {
  heightOf,
  openRunOf,
  type ReplayState,
  type StepsPage,
  stepsPageOf,
  topFor,
} from "./replay-state.ts";
import { type StepRow, stepRows } from "./step-rows.ts";

/** The row that is selected in the list of steps. */
export function selectedRow(state: ReplayState): StepRow | undefined {
  const run = openRunOf(state);
  const page = stepsPageOf(state);
  return run && page && stepRows(run, page).at(page.cursor);
}

/** Selects a row that may be far away, which then stands in the middle. */
export function jumpTo(state: ReplayState, cursor: number): ReplayState {
  return withSteps(state, (page) => {
    const height = heightOf(page, state.size);
    const isSeen = cursor >= page.top && cursor < page.top + height;
    return {
      ...page,
      cursor,
      top: isSeen ? page.top : Math.max(0, cursor - Math.floor(height / 2)),
    };
  });
}

/** Changes the list of steps that is seen, or that the step was opened from; its cursor is then in sight. */
export function withSteps(state: ReplayState, change: (page: StepsPage) => StepsPage): ReplayState {
  const run = openRunOf(state);
  const at = state.pages.findLastIndex(({ kind }) => kind === "steps");
  const before = state.pages[at];
  if (run === undefined || before?.kind !== "steps") return state;
  const page = change(before);
  const { length } = stepRows(run, page);
  const cursor = Math.max(0, Math.min(length - 1, page.cursor));
  const top = topFor(cursor, page.top, heightOf(page, state.size), length);
  const isSame = page === before && cursor === page.cursor && top === page.top;
  return isSame ? state : { ...state, pages: state.pages.with(at, { ...page, cursor, top }) };
}
