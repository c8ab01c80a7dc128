import type { Json } from "@step-log/core";
import { isObject } from "../canonical-json.ts";
import { type Comparable, comparable, comparedSteps } from "../diff/comparable.ts";
import type { Replay } from "../replay.ts";
import { type VolatileOptions, withoutVolatile } from "./volatile.ts";

/** What is kept of a run: `{ "schema": "step-log-snapshot/1", "status": "ok", "steps": […] }`. */
export interface Snapshot {
  readonly schema: typeof SCHEMA;
  readonly status: string | null;
  readonly steps: readonly Comparable[];
}

const SCHEMA = "step-log-snapshot/1";

/** What a snapshot keeps of a run. */
export function snapshotOf(run: Replay, volatile: VolatileOptions = {}): Snapshot {
  const stable = withoutVolatile(volatile);
  const steps = comparedSteps(run.steps).map((step) => {
    const { values, ...rest } = comparable(step, volatile.tokens === false);
    return { ...rest, values: stable(values) as Comparable["values"] };
  });
  return { schema: SCHEMA, status: run.summary().status, steps };
}

/** Writes a snapshot as JSON with its keys in order, so that a change of it is easy to review. */
export function snapshotText(snapshot: Snapshot): string {
  const inOrder = (_: string, part: unknown) =>
    isObject(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return `${JSON.stringify(snapshot, inOrder, 2)}\n`;
}

/** Reads a snapshot; `undefined` where the text is none. */
export function parseSnapshot(text: string): Snapshot | undefined {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value["schema"] !== SCHEMA || !Array.isArray(value["steps"])) {
    return undefined;
  }
  const isStep = (step: unknown) =>
    isObject(step) && typeof step["type"] === "string" && isObject(step["values"]);
  return value["steps"].every(isStep) ? (value as unknown as Snapshot) : undefined;
}
