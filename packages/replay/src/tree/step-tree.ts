import type { MutableStep } from "../run/mutable-step.ts";
import type { ReplayStep } from "../run/replay-step.ts";
import type { RunSteps } from "../run/run-steps.ts";
import type { RunTree } from "./run-tree.ts";

/** A step with what ran inside it. */
export interface StepNode {
  readonly step: ReplayStep;
  /** Whether it was under way at the same time as another step of the same parent. */
  readonly parallel: boolean;
  /** The steps inside it, in the order in which they began. */
  readonly children: readonly StepNode[];
  /** The runs of sub-agents that it started; found by `runTree` alone. */
  readonly runs: readonly RunTree[];
}

/** A node that is being filled. */
export interface OpenNode extends StepNode {
  parallel: boolean;
  readonly step: MutableStep;
  readonly children: OpenNode[];
  readonly runs: RunTree[];
}

/** Puts each step of a run under the one inside which it ran. */
export function stepTree(steps: RunSteps): OpenNode[] {
  const roots: OpenNode[] = [];
  const nodes = new Map<MutableStep, OpenNode>();
  for (const step of steps.inOrder()) {
    const node: OpenNode = { step, parallel: false, children: [], runs: [] };
    const parent = steps.parentOf(step);
    const siblings = (parent && nodes.get(parent)?.children) ?? roots;
    siblings.push(node);
    nodes.set(step, node);
  }
  markParallel(roots, steps);
  for (const { children } of nodes.values()) markParallel(children, steps);
  return roots;
}

function markParallel(siblings: readonly OpenNode[], steps: RunSteps): void {
  let longest: MutableStep | undefined;
  for (const [i, node] of siblings.entries()) {
    const { step } = node;
    const next = siblings[i + 1]?.step;
    const isBeside = longest !== undefined && steps.wasRunning(longest, step);
    node.parallel = isBeside || (next !== undefined && steps.wasRunning(step, next));
    if (longest === undefined || steps.endOf(step) > steps.endOf(longest)) longest = step;
  }
}
