import { expect, test } from "vitest";
import { memorySink, recordIssues, StepLog, type StepRecord } from "../src/index.ts";
import { HOSTILE } from "./hostile-values.ts";

// What the escapes of a line must keep out of it.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the point
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?<!\\)(?:\\\\)*\\ud[89a-f]/;
const MEGABYTE = 1024 * 1024;

/** Records the value in every place that takes foreign values; gives the records. */
function record(value: unknown): {
  records: StepRecord[];
  lines: readonly string[];
  dropped: number;
} {
  const sink = memorySink();
  const log = new StepLog({ sink, run: { metadata: value }, onError: () => {} });
  const any = value as never;
  log.recordToolCall({
    tool: any,
    toolCallId: any,
    input: value,
    output: value,
    error: value,
    durationMs: any,
  });
  log.recordLlmCall({
    model: any,
    usage: value,
    stopReason: any,
    inputTokens: any,
    error: value,
    tags: any,
  });
  log.recordEvent(any, value, { parentStep: any });
  log.end({ error: value, status: any });
  return { records: sink.records(), lines: sink.lines, dropped: log.stats().dropped };
}

test.each(Object.entries(HOSTILE))("%s becomes valid lines", (_, make) => {
  const { records, lines, dropped } = record(make());
  expect(dropped).toBe(0);
  expect(records.flatMap(recordIssues)).toEqual([]);
  expect(records.map(({ type }) => type)).toEqual([
    "run_start",
    "tool_call",
    "llm_call",
    "event",
    "run_end",
  ]);
  for (const line of lines) {
    expect(line.endsWith("\n")).toBe(true);
    expect(line.slice(0, -1)).not.toMatch(UNSAFE);
    expect(line.slice(0, -1).isWellFormed()).toBe(true);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(MEGABYTE + 8_192);
    expect(duplicateKeys(line)).toEqual([]);
  }
});

test.each(Object.entries(HOSTILE))("%s holds the agent up for less than 50 ms", (_, make) => {
  const log = new StepLog({ sink: memorySink({ maxEntries: 1 }), onError: () => {} });
  const times = Array.from({ length: 3 }, () => {
    const value = make();
    // Listing a million keys, or putting 100 MB of text into one piece, takes long for whoever is first to look.
    const look = took(() => {
      if (typeof value === "object" && value !== null) Object.keys(value);
      if (typeof value === "string") value.charCodeAt(value.length - 1);
    });
    return took(() => log.recordToolCall({ tool: "t", input: value })) - 2 * look;
  });
  expect(Math.min(...times)).toBeLessThan(50);
});

/** Milliseconds of work: of the clock, or of the processor where others kept it busy. */
function took(fn: () => void): number {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  attempt(fn);
  const { user, system } = process.cpuUsage(before);
  return Math.min(performance.now() - startedAt, (user + system) / 1000);
}

function attempt(fn: () => void): void {
  try {
    fn();
  } catch {
    // A value may refuse to be looked at.
  }
}

/** Keys that stand twice in one object of the text, which JSON.parse would hide. */
function duplicateKeys(json: string): string[] {
  const twice: string[] = [];
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    if (json[at] === "{") open.push(new Set());
    if (json[at] === "}") open.pop();
    if (json[at] !== '"') continue;
    const from = at++;
    while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
    if (json[at + 1] !== ":") continue;
    const key = json.slice(from, at + 1);
    if (open.at(-1)?.has(key)) twice.push(key);
    open.at(-1)?.add(key);
  }
  return twice;
}
