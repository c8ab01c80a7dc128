import type { StepRecord } from "@step-log/core";

/** What a page about a run says of a step. */
export interface StepFacts {
  /** In a few words: `search_documents`, `claude-sonnet-4-6`, `message from user`. */
  readonly title: string;
  /** In the order in which they are told: `["1,200 tokens in", "1.84 s"]`. */
  readonly facts: readonly string[];
  readonly error: string | null;
  /** What went in and came out, by name; texts as they are, anything else as JSON. */
  readonly payloads: readonly (readonly [name: string, text: string])[];
  readonly durationMs: number | null;
}

// A page is for people; what is longer than this nobody reads there, and browsers get slow.
const MAX_PAYLOAD = 64 * 1024;

/** Puts a record into words. */
export function stepFacts(record: StepRecord): StepFacts {
  const { title, facts, payloads } = wordsFor(record);
  const { error, duration_ms } = record as {
    readonly error?: unknown;
    readonly duration_ms?: unknown;
  };
  const durationMs = typeof duration_ms === "number" ? duration_ms : null;
  return {
    title: String(title),
    facts: durationMs === null ? facts : [...facts, duration(durationMs)],
    error: error === null || error === undefined ? null : shown(error),
    payloads: payloads.flatMap(([name, value]) => {
      const text = shown(value);
      return text === "" ? [] : [[name, text] as const];
    }),
    durationMs,
  };
}

interface Words {
  readonly title: unknown;
  readonly facts: readonly string[];
  readonly payloads: readonly (readonly [string, unknown])[];
}

function wordsFor(record: StepRecord): Words {
  switch (record.type) {
    case "llm_call":
      return {
        title: record.model ?? "model",
        facts: [
          ...tokens(record.input_tokens, "tokens in"),
          ...tokens(record.cache_read_tokens, "from the cache"),
          ...tokens(record.output_tokens, "tokens out"),
          ...(record.stop_reason === null ? [] : [String(record.stop_reason)]),
        ],
        payloads: [],
      };
    case "tool_call":
      return {
        title: record.tool,
        facts: [],
        payloads: [
          ["input", record.input],
          ["output", record.output],
        ],
      };
    case "step_start":
      return {
        title: `${record.tool ?? record.model ?? record.of}, never ended`,
        facts: [],
        payloads: [["input", record.input]],
      };
    case "event": {
      const { role, content, ...rest } = (record.data ?? {}) as Record<string, unknown>;
      if (record.name !== "message" || typeof role !== "string") {
        return { title: record.name, facts: [], payloads: [["data", record.data]] };
      }
      const more = Object.keys(rest).length > 0 ? rest : undefined;
      return {
        title: `message from ${role}`,
        facts: [],
        payloads: [
          ["content", content],
          ["more", more],
        ],
      };
    }
    default: {
      const { run_id, step, type, ts, ...rest } = record as unknown as Record<string, unknown>;
      return { title: type, facts: [], payloads: [["record", rest]] };
    }
  }
}

function tokens(count: number | null | undefined, what: string): string[] {
  return typeof count === "number" ? [`${count.toLocaleString("en-US")} ${what}`] : [];
}

/** `840 ms`, `1.84 s`, `3 min 20 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A text as it is, parts of texts one after the other, anything else as JSON; long ones cut. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  if (text.length <= MAX_PAYLOAD) return text.toWellFormed();
  const cut = text.slice(0, MAX_PAYLOAD).toWellFormed();
  return `${cut}\n… ${text.length - MAX_PAYLOAD} more characters are not shown`;
}
