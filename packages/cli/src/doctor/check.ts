import type { Json } from "@step-log/core";

/** What was looked at, and whether all is well with it. */
export interface Check {
  /** `ok`, `warn` for what may get in the way, `fail` for what does. */
  readonly state: "ok" | "warn" | "fail";
  readonly what: string;
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string;
  /** More, for other programs. */
  readonly details?: Json;
}

export function ok(what: string, found: string, details?: Json): Check {
  return { state: "ok", what, found, ...(details !== undefined && { details }) };
}

export function warn(what: string, found: string, advice: string, details?: Json): Check {
  return { state: "warn", what, found, advice, ...(details !== undefined && { details }) };
}

export function fail(what: string, found: string, advice: string): Check {
  return { state: "fail", what, found, advice };
}
