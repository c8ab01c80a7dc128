import { textOfLine } from "../../terminal/line.ts";
import {
  heightOf,
  openRunOf,
  pageOf,
  type ReplayState,
  replaced,
  type Search,
  type Seeking,
  stepsPageOf,
} from "./replay-state.ts";
import { matchStep, textMatch } from "./search.ts";
import { stepPageLines, stepWidth } from "./step-page-lines.ts";
import { stepRows } from "./step-rows.ts";
import { jumpTo, selectedRow } from "./steps-list.ts";

// Looked through at once: some 5 ms, so that keys are heard meanwhile.
const CHARS_AT_ONCE = 1_000_000;
const STEPS_AT_ONCE = 5_000;

/** Looks for the next match, from behind what is selected; on a step's page in its lines first. */
export function startSearch(state: ReplayState, text: string, by: 1 | -1 = 1): ReplayState {
  if (text === "") return state;
  const page = pageOf(state);
  const isNew = state.search?.text !== text;
  const counted = isNew || state.search === null ? { steps: 0, found: 0 } : state.search.counted;
  const search: Search = { text, seeking: null, counted };
  const next = { ...state, search };
  if (page.kind === "runs") return seekRun(next, search, by);
  if (page.kind === "step") {
    const line = matchingLine(next, text, by, isNew ? 0 : by);
    if (line !== undefined) return replaced(next, { ...page, top: line });
  }
  const run = openRunOf(next);
  const list = stepsPageOf(next);
  if (run === undefined || list === undefined) return next;
  const { length } = stepRows(run, list);
  const seeking: Seeking = { at: list.cursor + by, step: by, left: length, hasWrapped: false };
  return seekOn({ ...next, search: { ...search, seeking } });
}

/** Whether there is more to look through. */
export function isSearching(state: ReplayState): boolean {
  const { search } = state;
  if (search === null || pageOf(state).kind === "runs") return false;
  return search.seeking !== null || search.counted.steps < (openRunOf(state)?.length ?? 0);
}

/** Looks some steps further: for the next match, and then for how many there are. */
export function seekOn(state: ReplayState): ReplayState {
  const { search } = state;
  if (search === null) return state;
  return search.seeking === null ? countOn(state, search) : seekStep(state, search, search.seeking);
}

function seekStep(state: ReplayState, search: Search, from: Seeking): ReplayState {
  const run = openRunOf(state);
  const list = stepsPageOf(state);
  if (run === undefined || list === undefined) return state;
  const rows = stepRows(run, list);
  const match = textMatch(search.text);
  let { at, left, hasWrapped } = from;
  let chars = 0;
  for (let steps = 0; left > 0 && steps < STEPS_AT_ONCE && chars < CHARS_AT_ONCE; steps++) {
    if (at < 0 || at >= rows.length) {
      at = from.step === 1 ? 0 : rows.length - 1;
      hasWrapped = true;
    }
    const step = rows.at(at)?.step;
    const looked = step ? matchStep(step, match) : undefined;
    chars += looked?.chars ?? 0;
    if (looked?.isFound) {
      const place = at;
      const found: ReplayState = {
        ...state,
        search: { ...search, seeking: null },
        notice: hasWrapped ? wrapped(from.step) : null,
      };
      return atMatch(jumpTo(found, place), from.step);
    }
    at += from.step;
    left--;
  }
  if (left > 0)
    return { ...state, search: { ...search, seeking: { ...from, at, left, hasWrapped } } };
  const notice = `nothing matches ${search.text}`;
  return { ...state, search: { ...search, seeking: null }, notice };
}

function wrapped(step: 1 | -1): string {
  return step === 1 ? "went on from the first step" : "went on from the last step";
}

/** On a step's page, its first line that matches is shown, or the last one for who comes from behind. */
function atMatch(state: ReplayState, by: 1 | -1): ReplayState {
  const page = pageOf(state);
  if (page.kind !== "step") return state;
  const reset = replaced(state, { ...page, top: by === 1 ? 0 : Number.MAX_SAFE_INTEGER });
  const line = matchingLine(reset, state.search?.text ?? "", by, 0);
  return replaced(state, { ...page, top: line ?? 0 });
}

function matchingLine(
  state: ReplayState,
  text: string,
  by: 1 | -1,
  skip: number,
): number | undefined {
  const page = pageOf(state);
  const row = selectedRow(state);
  if (page.kind !== "step" || row === undefined) return undefined;
  const lines = stepPageLines(state, row, {
    tab: page.tab,
    width: stepWidth(state.size, page.tab),
  });
  const match = textMatch(text);
  const last = Math.max(0, lines.length - heightOf(page, state.size));
  for (
    let at = Math.min(page.top, lines.length - 1) + skip;
    at >= 0 && at < lines.length;
    at += by
  ) {
    const it = lines[at];
    // What cannot stand at the top is in sight already when the end is.
    if (it && match.find(textOfLine(it), 0) !== -1) {
      if (at > last && page.top === last && skip !== 0) return undefined;
      return Math.min(at, last);
    }
  }
  return undefined;
}

function countOn(state: ReplayState, search: Search): ReplayState {
  const run = openRunOf(state);
  if (run === undefined) return state;
  const match = textMatch(search.text);
  let { steps, found } = search.counted;
  const end = Math.min(run.length, steps + STEPS_AT_ONCE);
  for (let chars = 0; steps < end && chars < CHARS_AT_ONCE; steps++) {
    const step = run.replay.steps[steps];
    if (step === undefined) continue;
    const looked = matchStep(step, match);
    chars += looked.chars;
    if (looked.isFound) found++;
  }
  return { ...state, search: { ...search, counted: { steps, found } } };
}

function seekRun(state: ReplayState, { text }: Search, by: 1 | -1): ReplayState {
  const page = pageOf(state);
  if (page.kind !== "runs") return state;
  const { runs } = state;
  const match = textMatch(text);
  for (let k = 1; k <= runs.length; k++) {
    const at = (page.cursor + by * k + runs.length * 2) % runs.length;
    const run = runs[at];
    const about = [run?.runId, run?.overview?.agent, run?.overview?.status].join(" ");
    if (match.find(about, 0) === -1) continue;
    const height = heightOf(page, state.size);
    const top = at < page.top ? at : Math.max(page.top, at - height + 1);
    return replaced(state, { ...page, cursor: at, top });
  }
  return { ...state, notice: `no run matches ${text}` };
}
