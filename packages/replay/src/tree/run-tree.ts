import type { ReadOptions, RunStartRecord, Source } from "@step-log/core";
import { Replay, type ReplayOptions } from "../replay.ts";
import { amountOf } from "../run/fields.ts";
import type { OpenNode, StepNode } from "./step-tree.ts";
import { subRuns } from "./sub-runs.ts";

/** A run with those that it started. */
export interface RunTree {
  readonly runId: string;
  readonly replay: Replay;
  /** Its steps, each with what ran inside it and the runs that it started. */
  readonly steps: readonly StepNode[];
  /** Runs that it started, of which no step is told. */
  readonly runs: readonly RunTree[];
}

/** Options of `runTree`. */
export interface RunTreeOptions extends ReplayOptions, ReadOptions {
  /** Most runs that are read, in memory all at once; those nearest to the top come first. @defaultValue 100 */
  readonly maxRuns?: number;
}

type OpenTree = RunTree & { readonly runs: RunTree[] };

/**
 * Opens a run with those of its sub-agents and theirs, each at the step that started it.
 *
 * They are looked for in the same source: it reads the beginning of each run that has records since
 * this one began, or everything, once, where runs share files. Not for a source that follows.
 *
 * @throws TypeError for options that cannot be meant
 * @throws StepLogError `NOT_FOUND` when the source holds nothing of the run, and what the source throws
 */
export async function runTree(
  source: Source,
  runId: string,
  options: RunTreeOptions = {},
): Promise<RunTree> {
  const { maxRuns = 100, signal } = options;
  if (!Number.isSafeInteger(maxRuns) || maxRuns < 1) {
    throw new TypeError(`runTree: maxRuns must be a whole number from 1, got ${String(maxRuns)}`);
  }
  const root = treeOf(await Replay.open(source, runId, options));
  const since = root.replay.summary().startedAt ?? 0;
  const children = await subRuns(source, since, signal && { signal });
  const seen = new Set([runId]);
  const trees = [root];
  for (const tree of trees) {
    for (const start of children.get(tree.runId) ?? []) {
      if (seen.size >= maxRuns || seen.has(start.run_id)) continue;
      seen.add(start.run_id);
      const child = treeOf(await Replay.open(source, start.run_id, options));
      placeFor(start, tree).push(child);
      trees.push(child);
    }
  }
  return root;
}

function treeOf(replay: Replay): OpenTree {
  return { runId: replay.runId, replay, steps: replay.tree(), runs: [] };
}

/** The list that a run stands in: of the step that started it, else of the run. */
function placeFor(start: RunStartRecord, parent: OpenTree): RunTree[] {
  const number = amountOf(start, "parent_step");
  const step = number === null ? undefined : parent.replay.byNumber(number);
  const nodes: StepNode[] = step === undefined ? [] : [...parent.steps];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.step === step) return (node as OpenNode).runs;
    nodes.push(...node.children);
  }
  return parent.runs;
}
