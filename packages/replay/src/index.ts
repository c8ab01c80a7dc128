export type { StepChange } from "./diff/compare-steps.ts";
export type { Both, DiffOptions, RunDiff, StepDiff } from "./diff/diff.ts";
export { diff } from "./diff/diff.ts";
export { formatDiff } from "./diff/format-diff.ts";
export type { Change } from "./diff/json-changes.ts";
export type { StepContext } from "./read/step-context.ts";
export type { WireRequestBody } from "./read/wire-messages.ts";
export { wireRequestBody } from "./read/wire-messages.ts";
export type { ReplayOptions, StepPredicate } from "./replay.ts";
export { Replay } from "./replay.ts";
export type { ReplayStep, StepState } from "./run/replay-step.ts";
export type { CostFunction, StepTotals } from "./run/running-totals.ts";
export type { RecordingOptions } from "./tools/recorded-input.ts";
export type {
  Divergence,
  DivergenceKind,
  RecordedTool,
  RecordedTools,
  ReplayToolsOptions,
} from "./tools/replay-tools.ts";
export { replayTools } from "./tools/replay-tools.ts";
export type { RunTree, RunTreeOptions } from "./tree/run-tree.ts";
export { runTree } from "./tree/run-tree.ts";
export type { StepNode } from "./tree/step-tree.ts";
