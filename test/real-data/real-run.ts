import type { LlmCall, RunInfo, ToolCall } from "../../packages/core/src/index.ts";

/** A call that a log gets. */
export type RealStep =
  | { readonly type: "llm_call"; readonly call: LlmCall }
  | { readonly type: "tool_call"; readonly call: ToolCall }
  | { readonly type: "event"; readonly name: string; readonly data: unknown };

/** A run as another tool recorded it: all that its file holds, as calls for a log. */
export interface RealRun {
  readonly runId: string;
  readonly run: RunInfo;
  readonly steps: readonly RealStep[];
}

/** What another tool wrote: any JSON, of a shape that is only hoped for. */
// biome-ignore lint/suspicious/noExplicitAny: a wrong guess shows as a failing test
export type Foreign = any;
