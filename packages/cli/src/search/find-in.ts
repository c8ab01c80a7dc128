import type { StepRecord } from "@step-log/core";
import type { Span, TextMatcher } from "./text-matcher.ts";

/** Where in a record something was found. */
export interface Hit extends Span {
  /** `output.results[0].text` */
  readonly path: string;
  /** The text in which it was found. */
  readonly text: string;
}

/** Parts of a record that can be looked into, as `--in` names them. */
export const PARTS: readonly string[] = [
  "input",
  "output",
  "error",
  "name",
  "model",
  "data",
  "metadata",
  "tags",
  "body",
  "usage",
  "stop_reason",
];

/** Where texts are looked for unless the user says otherwise: all but what is figures. */
export const USUAL_PARTS: readonly string[] = PARTS.filter((part) => part !== "usage");

const KEYS: Readonly<Record<string, readonly string[]>> = {
  error: ["error", "error_context"],
  name: ["tool", "name", "agent"],
  metadata: ["metadata", "task_type", "environment"],
  body: ["request", "response"],
};

/** Finds the first place in the parts of a record; keys of objects count, too. */
export function findIn(
  record: StepRecord,
  parts: readonly string[],
  matches: TextMatcher,
  isStructure: boolean,
): Hit | undefined {
  for (const part of parts) {
    for (const key of KEYS[part] ?? [part]) {
      const value = (record as unknown as Readonly<Record<string, unknown>>)[key];
      if (value === undefined || value === null) continue;
      const hit =
        findInValue(key, value, matches) ?? (isStructure && findInJson(key, value, matches));
      if (hit) return hit;
    }
  }
  return undefined;
}

/** Whether a text may be one that stands across texts: `"status":"done"`. */
export function looksLikeStructure(wanted: string): boolean {
  return /["{}[\]:,]/.test(wanted);
}

interface Node {
  readonly key: string | number;
  readonly value: unknown;
  readonly parent: Node | undefined;
}

/** Without recursion: a value may be nested as deep as its writer liked. */
function findInValue(key: string, value: unknown, matches: TextMatcher): Hit | undefined {
  const stack: Node[] = [{ key, value, parent: undefined }];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const { value } = node;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      const text = String(value);
      const span = matches(text);
      if (span !== undefined) return { ...span, text, path: pathOf(node) };
    } else if (Array.isArray(value)) {
      for (let at = value.length - 1; at >= 0; at--) {
        stack.push({ key: at, value: value[at], parent: node });
      }
    } else if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value);
      for (const [name, inner] of entries) {
        const span = matches(name);
        if (span === undefined) continue;
        return { ...span, text: `${name}: ${brief(inner)}`, path: pathOf(node) };
      }
      for (const [name, inner] of entries.reverse()) {
        stack.push({ key: name, value: inner, parent: node });
      }
    }
  }
  return undefined;
}

/** What stands behind a key that was found. */
function brief(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "[…]" : "{…}";
}

function findInJson(path: string, value: unknown, matches: TextMatcher): Hit | undefined {
  if (typeof value !== "object") return undefined;
  const text = JSON.stringify(value);
  const span = matches(text);
  return span && { ...span, text, path };
}

// A path of more parts tells nobody anything.
const MAX_PARTS = 12;

function pathOf(node: Node): string {
  const keys: (string | number)[] = [];
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) keys.unshift(at.key);
  const shown = keys.length > MAX_PARTS ? [...keys.slice(0, MAX_PARTS), "…"] : keys;
  return shown
    .map((key, at) => (typeof key === "number" ? `[${key}]` : at === 0 ? key : `.${key}`))
    .join("");
}
