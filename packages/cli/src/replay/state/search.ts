import type { Json } from "@step-log/core";
import type { ReplayStep } from "@step-log/replay";
import type { TextMatch } from "../../terminal/line.ts";

/** Finds a text in others: whatever their case, unless it has capitals itself. */
export function textMatch(text: string): TextMatch {
  const isExact = text !== text.toLowerCase();
  return {
    length: text.length,
    find: (given, from) => (isExact ? given : given.toLowerCase()).indexOf(text, from),
  };
}

/** What looking through a step gave. */
export interface StepMatch {
  readonly isFound: boolean;
  /** How many characters were looked through. */
  readonly chars: number;
}

// Of the log, and not of what the agent did: numbers in them would be found everywhere.
const NOT_SEARCHED = new Set(["run_id", "step", "parent_step", "ts", "writer"]);

/** Looks for a text in all that is known of a step: its type, name, and what it was given and gave. */
export function matchStep({ record, start }: ReplayStep, match: TextMatch): StepMatch {
  let chars = 0;
  const open: unknown[] = start === null ? [] : [Reflect.get(start, "input") ?? null];
  for (const [key, value] of Object.entries(record)) if (!NOT_SEARCHED.has(key)) open.push(value);
  // A list of what is left, since values may be nested deeper than calls can be.
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value as { readonly [key: string]: Json })) {
        open.push(inner);
        if (!Array.isArray(value)) open.push(key);
      }
    } else if (value !== null && value !== undefined) {
      const text = String(value);
      chars += text.length;
      if (match.find(text, 0) !== -1) return { isFound: true, chars };
    }
  }
  return { isFound: false, chars };
}
