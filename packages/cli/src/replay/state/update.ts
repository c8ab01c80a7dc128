import type { Replay, RunTree } from "@step-log/replay";
import { isEnter, type Key, moveBy } from "../../terminal/key.ts";
import type { RunOverview } from "../run-overview.ts";
import {
  heightOf,
  type ListedRun,
  openRunOf,
  pageOf,
  type ReplayState,
  type RunsPage,
  replaced,
  type Size,
  stepsPage,
  stepsPageOf,
  topFor,
} from "./replay-state.ts";
import { seekOn, startSearch } from "./seek.ts";
import { withSteps } from "./steps-list.ts";
import { updateStep } from "./update-step.ts";
import { goTo, updateSteps } from "./update-steps.ts";

/** What the state is told. */
export type Message =
  | { readonly kind: "key"; readonly key: Key }
  | { readonly kind: "resize"; readonly size: Size }
  /** More runs were found. */
  | { readonly kind: "runs"; readonly runs: readonly ListedRun[]; readonly isComplete: boolean }
  | { readonly kind: "overviews"; readonly overviews: ReadonlyMap<string, RunOverview> }
  /** More of a run was read. */
  | { readonly kind: "read"; readonly replay: Replay; readonly isComplete: boolean }
  | { readonly kind: "tree"; readonly tree: RunTree }
  /** There is time to search on. */
  | { readonly kind: "time" }
  | { readonly kind: "notice"; readonly text: string }
  /** A run could not be read, or not be followed. */
  | { readonly kind: "failed"; readonly what: "read" | "follow"; readonly text: string };

/** The state after something happened. */
export function update(state: ReplayState, message: Message): ReplayState {
  switch (message.kind) {
    case "key":
      return onKey({ ...state, notice: null }, message.key);
    case "resize":
      return inView({ ...state, size: message.size });
    case "runs":
      return onRuns(state, message.runs, message.isComplete);
    case "overviews": {
      const { overviews } = message;
      const runs = state.runs.map((run) => {
        const overview = overviews.get(run.runId);
        return overview === undefined ? run : { ...run, overview };
      });
      return { ...state, runs };
    }
    case "read":
      return onRead(state, message.replay, message.isComplete);
    case "tree":
      return onTree(state, message.tree);
    case "time":
      return seekOn(state);
    case "notice":
      return { ...state, notice: message.text };
    case "failed": {
      const next = { ...state, notice: message.text, isFollowing: false };
      return message.what === "read" ? closed(next) : next;
    }
  }
}

function onKey(state: ReplayState, key: Key): ReplayState {
  if (key.ctrl && key.name === "c") return { ...state, leaving: "interrupt" };
  if (state.prompt !== null) return onPromptKey(state, key);
  if (state.isHelpShown) return { ...state, isHelpShown: false };
  switch (key.text) {
    case "?":
      return { ...state, isHelpShown: true };
    case "/":
      return { ...state, prompt: { kind: "search", text: "" } };
    case ":":
      return openRunOf(state) ? { ...state, prompt: { kind: "step", text: "" } } : state;
    case "Q":
      return { ...state, leaving: "quit" };
  }
  if (key.name === "escape" && state.search !== null) return { ...state, search: null };
  if (key.name === "escape" || key.text === "q" || key.name === "backspace") return back(state);
  const page = pageOf(state);
  switch (page.kind) {
    case "runs":
      return onRunsKey(state, page, key);
    case "steps":
      return updateSteps(state, page, key);
    case "step":
      return updateStep(state, page, key);
  }
}

function onPromptKey(state: ReplayState, key: Key): ReplayState {
  const { prompt } = state;
  if (prompt === null) return state;
  const with_ = (text: string): ReplayState => ({ ...state, prompt: { ...prompt, text } });
  switch (key.name) {
    case "escape":
      return { ...state, prompt: null };
    case "backspace":
      return prompt.text === ""
        ? { ...state, prompt: null }
        : with_([...prompt.text].slice(0, -1).join(""));
    case "u":
      if (key.ctrl) return with_("");
      break;
    case "return":
    case "enter": {
      const closed = { ...state, prompt: null };
      if (prompt.kind === "step") return goTo(closed, prompt.text);
      return startSearch(closed, prompt.text === "" ? (state.search?.text ?? "") : prompt.text);
    }
  }
  const { text = "" } = key;
  const isTyped = !key.ctrl && text !== "" && !/\p{Cc}/u.test(text);
  return isTyped ? with_(prompt.text + text) : state;
}

function back(state: ReplayState): ReplayState {
  const [, below] = state.pages;
  const isOnlyRun = state.areRunsComplete && state.runs.length === 1 && below === pageOf(state);
  if (state.pages.length === 1 || isOnlyRun) return { ...state, leaving: "quit" };
  return closed(state);
}

/** The page below; runs that none is of any longer are let go of. */
function closed(state: ReplayState): ReplayState {
  const next = { ...state, pages: state.pages.slice(0, -1), search: null };
  return inView(stepsPageOf(next) === undefined ? { ...next, opened: new Map() } : next);
}

function onRunsKey(state: ReplayState, page: RunsPage, key: Key): ReplayState {
  const { runs, size } = state;
  const moved = moveBy(key, heightOf(page, size), runs.length, page.cursor);
  if (moved !== undefined) return inView(replaced(state, { ...page, cursor: moved }));
  const run = runs[page.cursor];
  if (run !== undefined && isEnter(key)) {
    return { ...state, pages: [...state.pages, stepsPage(run.runId)], search: null };
  }
  if (key.text === "n" || key.text === "N")
    return startSearch(state, state.search?.text ?? "", key.text === "N" ? -1 : 1);
  return state;
}

/** With the selected rows in sight, whatever the size is by now. */
function inView(state: ReplayState): ReplayState {
  const page = pageOf(state);
  if (page.kind === "runs") {
    const height = heightOf(page, state.size);
    return replaced(state, {
      ...page,
      top: topFor(page.cursor, page.top, height, state.runs.length),
    });
  }
  return page.kind === "steps" ? withSteps(state, (steps) => steps) : updateStep(state, page, {});
}

/** New ones come in the order in which the log has them; the one that is selected stays so. */
function onRuns(state: ReplayState, more: readonly ListedRun[], isComplete: boolean): ReplayState {
  const [page] = state.pages;
  const selected = page?.kind === "runs" ? state.runs[page.cursor] : undefined;
  const runs = [...state.runs, ...more].sort((a, b) => (b.startedAt ?? 0) - (a.startedAt ?? 0));
  const isNews = isComplete && runs.length > 1 && pageOf(state).kind !== "runs";
  const notice = isNews ? `${runs.length} runs in this log; q shows the list` : state.notice;
  const next = { ...state, runs, areRunsComplete: isComplete, notice };
  if (page?.kind !== "runs" || selected === undefined || page.cursor === 0) return next;
  const cursor = runs.indexOf(selected);
  const top = page.top + cursor - page.cursor;
  return inView({ ...next, pages: [{ ...page, cursor, top }, ...state.pages.slice(1)] });
}

function onRead(state: ReplayState, replay: Replay, isComplete: boolean): ReplayState {
  const { runId, length } = replay;
  const before = state.opened.get(runId);
  const version = (before?.version ?? 0) + 1;
  const run = { runId, replay, length, version, isComplete, tree: null };
  const wasAtEnd = (before?.length ?? 0) > 0;
  const next = { ...state, opened: new Map(state.opened).set(runId, run) };
  if (!state.isFollowing) return withSteps(next, (page) => page);
  // As `tail -f`: who is at the end stays there.
  return withSteps(next, (page) =>
    wasAtEnd &&
    page.runId === runId &&
    page.cursor >= (before?.length ?? 0) - 1 &&
    page.view === "list"
      ? { ...page, cursor: length - 1 }
      : page,
  );
}

/** The tree was read anew, its runs are others; so the pages below have to be those. */
function onTree(state: ReplayState, tree: RunTree): ReplayState {
  const opened = new Map(state.opened);
  const waiting = [tree];
  for (let it = waiting.pop(); it !== undefined; it = waiting.pop()) {
    const { runId, replay } = it;
    const before = opened.get(runId);
    const version = (before?.version ?? 0) + 1;
    opened.set(runId, {
      runId,
      replay,
      length: replay.length,
      version,
      isComplete: true,
      tree: it,
    });
    waiting.push(...it.runs);
    const nodes = [...it.steps];
    for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
      waiting.push(...node.runs);
      nodes.push(...node.children);
    }
  }
  return withSteps({ ...state, opened }, (page) => page);
}
