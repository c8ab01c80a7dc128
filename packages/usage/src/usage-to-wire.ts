import type { Json } from "@step-log/core";
import type { CostSummary } from "./tally/cost-summary.ts";
import type { UsageReport } from "./usage-report.ts";

// How many levels of keys are data, of what has any: names of models, runs, tags.
const DATA_LEVELS: Readonly<Record<string, number>> = {
  byDay: 1,
  byModel: 1,
  byProvider: 1,
  byRun: 1,
  byTag: 2,
  byTaskType: 1,
  unpricedModels: 1,
  unpricedReasons: 1,
};

/** Writes a report, or what calls of a period cost, with keys in snake_case: `{"calls":2,"total_usd":0.0087,…}`. */
export function usageToWire(usage: UsageReport | CostSummary): Json {
  return toWire(usage, 0);
}

function toWire(value: unknown, dataLevels: number): Json {
  if (typeof value !== "object" || value === null) return value as Json;
  // Without a prototype, since a model may be called `__proto__`.
  const wire: Record<string, Json> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    if (dataLevels > 0) wire[key] = toWire(inner, dataLevels - 1);
    else wire[snakeCase(key)] = toWire(inner, DATA_LEVELS[key] ?? 0);
  }
  return wire;
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
