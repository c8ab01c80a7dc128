export { waitFor } from "./abort.ts";
export { errorContext } from "./error-context.ts";
export type { ErrorListener, ErrorListeners } from "./error-listeners.ts";
export { errorListeners } from "./error-listeners.ts";
export type { StepLogErrorCode, StepLogErrorOptions } from "./errors.ts";
export { isStepLogError, STEP_LOG_ERROR_CODES, StepLogError } from "./errors.ts";
export type { Line } from "./line/to-line.ts";
export { toLine } from "./line/to-line.ts";
export { readResponse } from "./read-response.ts";
export type {
  ErrorContext,
  ErrorFrame,
  EventRecord,
  Json,
  LlmCallRecord,
  LogDroppedRecord,
  RecordBase,
  RunEndRecord,
  RunStartRecord,
  RunStatus,
  StepRecord,
  StepStartRecord,
  Tags,
  ToolCallRecord,
  Truncation,
  WireBody,
  WireCallRecord,
  WireOutcome,
  WireRequest,
  WireResponse,
} from "./record.ts";
export { RECORD_SCHEMA } from "./record.ts";
export type { RedactOptions, Redactor } from "./redact/redactor.ts";
export { redactor } from "./redact/redactor.ts";
export type { AmbientRun } from "./run-context.ts";
export { currentRun, provideRunContext } from "./run-context.ts";
export { safe } from "./safe.ts";
export { isRecord } from "./schema/is-record.ts";
export { parseRecord } from "./schema/parse-record.ts";
export type { RecordResult, RecordSchema } from "./schema/record-schema.ts";
export { recordSchema } from "./schema/record-schema.ts";
export type { RecordIssue } from "./schema/validate-record.ts";
export { recordIssues, recordProblem } from "./schema/validate-record.ts";
export type { Entry, FlushOptions, Sink, SinkStats } from "./sink.ts";
export { filterSink, sampleSink } from "./sinks/filter-sink.ts";
export { listRuns } from "./sinks/list-runs.ts";
export type { LossLedger, LostEntries } from "./sinks/loss-ledger.ts";
export { lossLedger } from "./sinks/loss-ledger.ts";
export type { MemorySink, MemorySinkOptions } from "./sinks/memory-sink.ts";
export { memorySink } from "./sinks/memory-sink.ts";
export type { LocationScheme } from "./sinks/open-sink.ts";
export { openSink, openSource, registerScheme } from "./sinks/open-sink.ts";
export { teeSink } from "./sinks/tee-sink.ts";
export type { BadLine, ReadOptions, RunFilter, RunRef, Source } from "./source.ts";
export type {
  ChildOptions,
  EndOptions,
  LlmOptions,
  RunningStep,
  StepLogStats,
  ToolOptions,
} from "./step-log.ts";
export { StepLog } from "./step-log.ts";
export type {
  LlmCall,
  RunInfo,
  StepLogOptions,
  StepOptions,
  ToolCall,
} from "./step-log-options.ts";
export type { DurationState } from "./summary/duration-series.ts";
export { DurationSeries } from "./summary/duration-series.ts";
export { percentile } from "./summary/percentile.ts";
export { summarize } from "./summary/summarize.ts";
export { Summarizer } from "./summary/summarizer.ts";
export type {
  ModelSummary,
  Percentiles,
  Summary,
  TokenCounts,
  ToolSummary,
} from "./summary/summary.ts";
export { summaryToWire } from "./summary/summary-to-wire.ts";
export { isTokenLimit } from "./summary/token-limit.ts";
export { uuidV7 } from "./uuid-v7.ts";
