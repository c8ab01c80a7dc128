import { logParts, type ScanVisitor, scannedOf, scanParts } from "@step-log/fs-sink/scan";
import type { Log } from "../locations/log.ts";
import type { LogItem } from "../locations/log-item.ts";
import { isWithin, type Period } from "../period.ts";
import { ErrorGroups, type GroupBy } from "./error-groups.ts";
import type { FailureKind } from "./failure.ts";

/** What is to be gathered, and who hears how far it has come. */
export interface GatherOptions {
  readonly by: GroupBy;
  readonly period: Period;
  /** Of this run only. */
  readonly runId: string | undefined;
  readonly signal: AbortSignal;
  readonly onRead: (bytes: number) => void;
}

/** Groups the errors of logs. */
export async function gatherErrors(
  logs: readonly Log[],
  { by, period, runId, ...reading }: GatherOptions,
): Promise<{ readonly errors: ErrorGroups; readonly badLines: number }> {
  const errors = new ErrorGroups(by);
  let badLines = 0;
  const visitor: ScanVisitor = {
    record(record, whole) {
      const { type, ts, error, status } = record;
      if (!isWithin(period, ts) || !isFallible(type)) return;
      const name = type === "tool_call" ? record.tool : type === "llm_call" ? record.model : null;
      errors.countCall(type, name || null);
      if (type === "run_end" ? status === "error" : error) errors.addFailure(whole());
    },
    badLine() {
      badLines++;
    },
  };
  for (const log of logs) {
    if (runId === undefined) await visit(log, visitor, reading);
    else for await (const item of log.read(runId, reading)) show(item, visitor);
  }
  return { errors, badLines };
}

function isFallible(type: string): type is FailureKind {
  return type === "tool_call" || type === "llm_call" || type === "run_end";
}

type Reading = Pick<GatherOptions, "signal" | "onRead">;

/** Shows all of a log; of files without making records of those that are not wanted whole. */
async function visit(log: Log, visitor: ScanVisitor, reading: Reading): Promise<void> {
  if (log.path === undefined) {
    for await (const batch of log.batches(reading)) for (const item of batch) show(item, visitor);
    return;
  }
  const { parts, badLines } = await logParts(log.path);
  for (const line of badLines) visitor.badLine(line);
  await scanParts(parts, visitor, reading);
}

function show(item: LogItem, visitor: ScanVisitor): void {
  if (item.type === "bad_line") visitor.badLine(item);
  else visitor.record(scannedOf(item), () => item);
}
