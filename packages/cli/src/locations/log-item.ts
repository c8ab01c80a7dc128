import type { BadLine, StepRecord } from "@step-log/core";

/** A record, or a line that is none. */
export type LogItem = StepRecord | BadLine;
