import type { BadLine, StepRecord } from "@step-log/core";

/** Records to export: of a `Source`, of `importLog`, a list. */
export type ExportItems = AsyncIterable<StepRecord | BadLine> | Iterable<StepRecord | BadLine>;
