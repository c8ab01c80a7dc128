import type { CostFunction, Replay, RunTree } from "@step-log/replay";
import type { RunOverview } from "../run-overview.ts";

/** Cells of the terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A run in the list of runs. */
export interface ListedRun {
  readonly runId: string;
  /** Unix seconds, `null` where the log does not tell. */
  readonly startedAt: number | null;
  /** What it came to, `null` while it has not been read. */
  readonly overview: RunOverview | null;
}

/** A run that is being shown, as far as it was read. */
export interface OpenRun {
  readonly runId: string;
  readonly replay: Replay;
  /** How many steps had been read: a replay that is read on is the same object. */
  readonly length: number;
  /** Counts how often it was read on, so that what was made of it is made anew. */
  readonly version: number;
  readonly isComplete: boolean;
  /** With the runs of sub-agents, once they were looked for. */
  readonly tree: RunTree | null;
}

/** The list of runs. */
export interface RunsPage {
  readonly kind: "runs";
  readonly cursor: number;
  readonly top: number;
}

/** Which steps of a run are listed, and how: in their order, as a tree, or the ones that stand out. */
export type StepsView = "list" | "tree" | "slowest" | "tokens" | "errors";

/** The steps of a run. */
export interface StepsPage {
  readonly kind: "steps";
  readonly runId: string;
  readonly view: StepsView;
  /** The selected row, and the first one that is seen. */
  readonly cursor: number;
  readonly top: number;
  /** Keys of the rows of the tree whose inside is hidden. */
  readonly folded: ReadonlySet<string>;
}

/** The parts of a step's page. */
export const TABS = ["step", "before", "messages", "record"] as const;
export type Tab = (typeof TABS)[number];

/** One step: the selected one of the page below. */
export interface StepPage {
  readonly kind: "step";
  readonly tab: Tab;
  /** The first line that is seen. */
  readonly top: number;
}

export type Page = RunsPage | StepsPage | StepPage;

/** What is searched for. */
export interface Search {
  readonly text: string;
  /** Where the next match is looked for; `null` where it was found, or there is none. */
  readonly seeking: Seeking | null;
  /** How many steps were looked through for their number, and how many of them match. */
  readonly counted: { readonly steps: number; readonly found: number };
}

export interface Seeking {
  readonly at: number;
  readonly step: 1 | -1;
  /** Rows that have not been looked at. */
  readonly left: number;
  readonly hasWrapped: boolean;
}

/** What is being typed at the bottom: a search, or the number of a step. */
export interface Prompt {
  readonly kind: "search" | "step";
  readonly text: string;
}

/** All that `step-log replay` shows. */
export interface ReplayState {
  /** The log, as the user named it. */
  readonly name: string;
  /** Prices calls of models. */
  readonly costOf: CostFunction;
  readonly size: Size;
  readonly runs: readonly ListedRun[];
  readonly areRunsComplete: boolean;
  /** The pages one was opened from the other, the one that is seen last. */
  readonly pages: readonly Page[];
  readonly opened: ReadonlyMap<string, OpenRun>;
  readonly search: Search | null;
  readonly prompt: Prompt | null;
  readonly isFollowing: boolean;
  readonly isHelpShown: boolean;
  /** Said at the bottom until the next key. */
  readonly notice: string | null;
  readonly leaving: "quit" | "interrupt" | null;
}

/** The state to begin with: the list of runs, or with a run its steps, behind which the list is if there is one. */
export function initialState(
  { name, size, costOf }: Pick<ReplayState, "name" | "size" | "costOf">,
  { runId, isOnly }: { readonly runId?: string | undefined; readonly isOnly: boolean },
): ReplayState {
  const runs: Page = { kind: "runs", cursor: 0, top: 0 };
  const steps = runId === undefined ? [] : [stepsPage(runId)];
  return {
    name,
    costOf,
    size,
    runs: [],
    areRunsComplete: isOnly,
    pages: isOnly ? steps : [runs, ...steps],
    opened: new Map(),
    search: null,
    prompt: null,
    isFollowing: false,
    isHelpShown: false,
    notice: null,
    leaving: null,
  };
}

export function stepsPage(runId: string): StepsPage {
  return { kind: "steps", runId, view: "list", cursor: 0, top: 0, folded: new Set() };
}

/** The page that is seen. */
export function pageOf({ pages }: ReplayState): Page {
  return pages.at(-1) ?? { kind: "runs", cursor: 0, top: 0 };
}

/** With another page in the place of the one that is seen. */
export function replaced(state: ReplayState, page: Page): ReplayState {
  return { ...state, pages: [...state.pages.slice(0, -1), page] };
}

/** The list of steps that is seen, or that the step which is seen was opened from. */
export function stepsPageOf({ pages }: ReplayState): StepsPage | undefined {
  return pages.findLast((page) => page.kind === "steps");
}

/** The run that is seen, as far as it was read. */
export function openRunOf(state: ReplayState): OpenRun | undefined {
  return state.opened.get(stepsPageOf(state)?.runId ?? "");
}

// Breadcrumbs, facts and headings above the rows; keys below.
const AROUND_RUNS = 3;
const AROUND_STEPS = 4;
const AROUND_STEP = 4;

/** How many rows of a page are seen. */
export function heightOf({ kind }: Page, { rows }: Size): number {
  const around = kind === "runs" ? AROUND_RUNS : kind === "steps" ? AROUND_STEPS : AROUND_STEP;
  return Math.max(1, rows - around);
}

/** The first row that is seen, so that the selected one is. */
export function topFor(cursor: number, top: number, height: number, length: number): number {
  const last = Math.max(0, length - height);
  return Math.max(0, Math.min(last, Math.max(Math.min(top, cursor), cursor - height + 1)));
}
