import type { Json } from "../record.ts";
import type { Summary } from "./summary.ts";

// Their keys are data: names of models and tools, stop reasons.
const MAPS = /^(byModel|byTool|stopReasons)$/;

/** Writes a summary as `run_end.summary` holds it, keys in snake_case: `{"run_id":"r1",…}`. */
export function summaryToWire(summary: Summary): Json {
  return toWire(summary);
}

function toWire(value: unknown, isMap = false): Json {
  if (typeof value !== "object" || value === null) return value as Json;
  // Without a prototype, since a tool may be called `__proto__`.
  const wire: Record<string, Json> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) {
    wire[isMap ? key : snakeCase(key)] = toWire(inner, !isMap && MAPS.test(key));
  }
  return wire;
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
