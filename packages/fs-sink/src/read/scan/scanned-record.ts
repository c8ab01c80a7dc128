import type { StepRecord } from "@step-log/core";

/**
 * What can be read of a record without making one, under the names that it has there.
 *
 * A text that is `undefined` is not there, or no text; a number that is `NaN` is `null`, not there, or
 * no number.
 */
export interface ScannedRecord {
  readonly run_id: string;
  readonly step: number;
  readonly type: string;
  /** Unix seconds. */
  readonly ts: number;
  readonly writer: string | null | undefined;
  readonly tool: string | null | undefined;
  readonly model: string | null | undefined;
  readonly status: string | null | undefined;
  readonly stop_reason: string | null | undefined;
  readonly provider: string | null | undefined;
  /** 0 where a record that is no call does not have it. */
  readonly duration_ms: number;
  readonly count: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly reasoning_tokens: number;
  /** `true` where there is one, whatever it is. */
  readonly error: true | null | undefined;
  /** `true` where there is one, whatever it is. */
  readonly usage: true | null | undefined;
  /** `true` where there are any. */
  readonly tags: true | null | undefined;
}

/** Takes the same out of a record that was parsed; its values may be of any type. */
export function scannedOf(given: StepRecord): ScannedRecord {
  const record = given as unknown as Readonly<Record<string, unknown>>;
  const text = (key: keyof ScannedRecord) => {
    const value = record[key];
    return typeof value === "string" || value === null ? value : undefined;
  };
  const number = (key: keyof ScannedRecord) => {
    const value = record[key];
    return typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;
  };
  const flag = (key: keyof ScannedRecord) => {
    const value = record[key];
    return value === undefined || value === null ? value : true;
  };
  return {
    run_id: given.run_id,
    step: given.step,
    type: given.type,
    ts: given.ts,
    writer: text("writer"),
    tool: text("tool"),
    model: text("model"),
    status: text("status"),
    stop_reason: text("stop_reason"),
    provider: text("provider"),
    duration_ms: given.type.endsWith("_call") || "duration_ms" in given ? number("duration_ms") : 0,
    count: number("count"),
    input_tokens: number("input_tokens"),
    output_tokens: number("output_tokens"),
    cache_read_tokens: number("cache_read_tokens"),
    cache_write_tokens: number("cache_write_tokens"),
    reasoning_tokens: number("reasoning_tokens"),
    error: flag("error"),
    usage: flag("usage"),
    tags: flag("tags"),
  };
}
