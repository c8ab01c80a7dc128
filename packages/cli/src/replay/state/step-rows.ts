import type { Replay, ReplayStep, RunTree, StepNode } from "@step-log/replay";
import { depthOf } from "../../show/depth-of.ts";
import { tokensOf } from "../../show/step-facts.ts";
import type { OpenRun, StepsPage } from "./replay-state.ts";

/** A row in the list of steps: a step, or in the tree a run that a step started. */
export interface StepRow {
  /** Tells it from all others of the page. */
  readonly key: string;
  /** The run that it is of. */
  readonly replay: Replay;
  /** `null` for the row of a run. */
  readonly step: ReplayStep | null;
  /** Inside how many steps it ran. */
  readonly depth: number;
  /** What is drawn before it in the tree. */
  readonly guide: string;
  /** Whether it ran beside another; known in the tree alone. */
  readonly isParallel: boolean;
  /** How many rows are right inside it. */
  readonly inside: number;
  /** Whether they are hidden. */
  readonly isFolded: boolean;
}

/** The rows of a page, made as they are looked at. */
export interface StepRows {
  readonly length: number;
  at(place: number): StepRow | undefined;
  /** Where a step of the run itself stands, -1 where it does not. */
  placeOf(step: ReplayStep): number;
}

const kept = new WeakMap<
  Replay,
  { key: string; folded: object; tree: object | null; rows: StepRows }
>();

/** The rows of a page; made once for as long as neither the run nor the page's way to show it changes. */
export function stepRows(
  run: OpenRun,
  { view, folded }: Pick<StepsPage, "view" | "folded">,
): StepRows {
  const key = `${view} ${run.version}`;
  const known = kept.get(run.replay);
  if (known?.key === key && known.folded === folded && known.tree === run.tree) return known.rows;
  const rows = rowsOf(run, view, folded);
  kept.set(run.replay, { key, folded, tree: run.tree, rows });
  return rows;
}

// More than anybody looks at; the summary tells of all.
const MAX_TOP = 1_000;

function rowsOf(run: OpenRun, view: StepsPage["view"], folded: ReadonlySet<string>): StepRows {
  const { replay } = run;
  switch (view) {
    case "list":
      return {
        length: replay.length,
        at: (place) => rowOf(replay, replay.steps[place]),
        placeOf: ({ index }) => index,
      };
    case "tree":
      return listed(treeRows(run, folded));
    case "slowest":
      return listed(some(replay, replay.slowest(MAX_TOP)));
    case "tokens":
      return listed(
        some(
          replay,
          replay.heaviest(MAX_TOP).filter((it) => tokensOf(it) !== null),
        ),
      );
    case "errors":
      return listed(some(replay, replay.steps.filter(isError)));
  }
}

/** Whether a step is one that somebody who looks for errors wants to see. */
export function isError({ state }: ReplayStep): boolean {
  return state === "failed";
}

function some(replay: Replay, steps: readonly ReplayStep[]): readonly StepRow[] {
  return steps.flatMap((step) => rowOf(replay, step) ?? []);
}

function listed(rows: readonly StepRow[]): StepRows {
  let places: Map<ReplayStep, number> | undefined;
  return {
    length: rows.length,
    at: (place) => rows[place],
    placeOf(step) {
      places ??= new Map(rows.flatMap((row, i) => (row.step === null ? [] : [[row.step, i]])));
      return places.get(step) ?? -1;
    },
  };
}

function rowOf(replay: Replay, step: ReplayStep | undefined): StepRow | undefined {
  if (step === undefined) return undefined;
  const depth = depthOf(replay, step, MAX_DEPTH);
  const plain = { guide: "", isParallel: false, inside: 0, isFolded: false };
  return { key: String(step.index), replay, step, depth, ...plain };
}

// Deeper ones are drawn at this depth: a hostile log may go down a step a line.
const MAX_DEPTH = 50;

type Open =
  | { readonly kind: "step"; readonly node: StepNode; readonly replay: Replay }
  | { readonly kind: "run"; readonly tree: RunTree };
type Waiting = Open & { readonly prefix: string; readonly isLast: boolean; readonly depth: number };

/** All rows of the tree that are not folded away, with runs of sub-agents where they were started. */
function treeRows(run: OpenRun, folded: ReadonlySet<string>): readonly StepRow[] {
  const rows: StepRow[] = [];
  const tree = run.tree ?? {
    runId: run.runId,
    replay: run.replay,
    steps: run.replay.tree(),
    runs: [],
  };
  const waiting: Waiting[] = [];
  const wait = (all: readonly Open[], prefix: string, depth: number) => {
    for (let i = all.length - 1; i >= 0; i--) {
      const open = all[i];
      if (open) waiting.push({ ...open, prefix, isLast: i === all.length - 1, depth });
    }
  };
  wait(insideOf(tree), "", 0);
  for (let it = waiting.pop(); it !== undefined; it = waiting.pop()) {
    const { depth, prefix, isLast } = it;
    const children: readonly Open[] =
      it.kind === "run"
        ? insideOf(it.tree)
        : [
            ...it.node.children.map((node): Open => ({ kind: "step", node, replay: it.replay })),
            ...it.node.runs.map((tree): Open => ({ kind: "run", tree })),
          ];
    const replay = it.kind === "run" ? it.tree.replay : it.replay;
    const step = it.kind === "run" ? null : it.node.step;
    const key = `${replay.runId} ${step?.index ?? "run"}`;
    const isDrawn = depth > 0 && depth <= MAX_DEPTH;
    rows.push({
      key,
      replay,
      step,
      depth,
      guide: isDrawn ? `${prefix}${isLast ? "└─ " : "├─ "}` : prefix,
      isParallel: it.kind === "step" && it.node.parallel,
      inside: children.length,
      isFolded: folded.has(key),
    });
    const below = isDrawn ? `${prefix}${isLast ? "   " : "│  "}` : prefix;
    if (!folded.has(key)) wait(children, below, depth + 1);
  }
  return rows;
}

function insideOf({ replay, steps, runs }: RunTree): readonly Open[] {
  return [
    ...steps.map((node): Open => ({ kind: "step", node, replay })),
    ...runs.map((tree): Open => ({ kind: "run", tree })),
  ];
}
