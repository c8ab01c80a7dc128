import type { ErrorFrame, StepRecord } from "@step-log/core";

/** What failed: a call of a tool or of a model, or a run. */
export type FailureKind = "llm_call" | "tool_call" | "run_end";

/** A step that failed. */
export interface Failure {
  readonly kind: FailureKind;
  /** Of the tool or the model; `null` of a run. */
  readonly name: string | null;
  /** `TimeoutError`; `null` where it is not known. */
  readonly type: string | null;
  readonly message: string;
  readonly frames: readonly ErrorFrame[];
}

/** What a step is counted as, failed or not; `undefined` for what cannot fail. */
export function countedAs(
  record: StepRecord,
): { readonly kind: FailureKind; readonly name: string | null } | undefined {
  switch (record.type) {
    case "tool_call":
      return { kind: record.type, name: text(record.tool) };
    case "llm_call":
      return { kind: record.type, name: text(record.model) };
    case "run_end":
      return { kind: record.type, name: null };
    default:
      return undefined;
  }
}

/** What is known of a failure; `undefined` where nothing failed. Records may hold anything. */
export function failureOf(record: StepRecord): Failure | undefined {
  const counted = countedAs(record);
  if (counted === undefined) return undefined;
  const { error, error_context: context, status } = record as unknown as Loose;
  const isFailed =
    record.type === "run_end" ? status === "error" : isTold(error) || isTold(context);
  if (!isFailed) return undefined;
  const { type, message, frames } = (isObject(context) ? context : {}) as Loose;
  const said = text(message) ?? text(error) ?? (isTold(error) ? JSON.stringify(error) : "");
  const prefix = TYPE_PREFIX.exec(said)?.[1];
  const named = text(type) ?? prefix ?? null;
  const isRepeated = prefix !== undefined && prefix === named;
  return {
    ...counted,
    type: named,
    message: isRepeated ? said.slice(prefix.length).replace(/^:\s*/, "") : said,
    frames: Array.isArray(frames) ? frames.filter(isFrame).slice(0, MAX_FRAMES) : [],
  };
}

type Loose = Readonly<Record<string, unknown>>;

// As many as core records.
const MAX_FRAMES = 3;
// `TimeoutError: …`, `requests.exceptions.ReadTimeout: …`
const TYPE_PREFIX = /^([A-Za-z_][\w.]{0,99}(?:Error|Exception|Timeout|Warning)\w{0,20}): /;

function isTold(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== "";
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isFrame(value: unknown): value is ErrorFrame {
  return isObject(value) && typeof (value as Loose)["file"] === "string";
}
