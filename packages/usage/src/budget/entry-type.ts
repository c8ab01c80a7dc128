import type { Entry } from "@step-log/core";

// The run's id, at most some 200 characters of it, and what else stands before the type.
const HEAD_BYTES = 256;
// As core orders the keys.
const HEAD = /^\{"run_id":"(?:[^"\\]|\\.)*","step":\d+,"type":"(\w+)"/;

const decoder = /* @__PURE__ */ new TextDecoder();

/**
 * The type of a record, as far as the beginning of its line tells. An entry may make its record when it is
 * asked for, which takes milliseconds for the output of a tool that nobody here wants to know.
 */
export function entryType(entry: Entry): string | undefined {
  const { bytes } = entry;
  const head = bytes === undefined ? entry.line : decoder.decode(bytes.subarray(0, HEAD_BYTES));
  return HEAD.exec(head.slice(0, HEAD_BYTES))?.[1];
}
