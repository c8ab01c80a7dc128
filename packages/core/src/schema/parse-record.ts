import { utf8Bytes } from "../line/text-size.ts";
import type { StepRecord } from "../record.ts";
import type { BadLine } from "../source.ts";
import { isRecord } from "./is-record.ts";
import { recordProblem } from "./validate-record.ts";

/**
 * Reads one line of a log: `{"run_id":"r1","step":1,"type":"event","ts":1748107200.5,…}`.
 *
 * Asks for no more than what every record has, `run_id`, `step`, `type` and `ts`, so that as much
 * as possible of a damaged or foreign log can be read: whether the other keys hold what they should
 * is for `recordSchema` to say. A byte order mark before the line and a line end behind it are
 * passed over. The `offset` of a bad line is 0; whoever knows better sets it.
 */
export function parseRecord(line: string): StepRecord | BadLine {
  let value: unknown;
  try {
    value = JSON.parse(line.charCodeAt(0) === BYTE_ORDER_MARK ? line.slice(1) : line);
  } catch {
    return badLine(line, syntaxProblem(line));
  }
  return isRecord(value) ? value : badLine(line, recordProblem(value) ?? "");
}

const BYTE_ORDER_MARK = 0xfeff;

function badLine(line: string, reason: string): BadLine {
  return { type: "bad_line", offset: 0, bytes: utf8Bytes(line.replace(/\r?\n$/, "")), reason };
}

// Not the engine's message, which may quote the line.
function syntaxProblem(line: string): string {
  const text = line.trim();
  if (text === "") return "empty";
  if (text.startsWith("\0")) return "begins with NUL bytes, a hole in the file";
  return text.endsWith("}") ? "not JSON, or cut short" : "cut short: no } at the end";
}
