import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** What stands in a log that the program `flood` wrote. */
export interface Found {
  /** Steps by run, in the order in which they stand. */
  readonly steps: Map<string, number[]>;
  /** Lines that are no record, or whose checksum does not fit. */
  readonly bad: string[];
}

/** Reads a log by itself, without a reader of ours, and checks each line's checksum. */
export function findLines(path: string): Found {
  const steps = new Map<string, number[]>();
  const bad: string[] = [];
  const bytes = readFileSync(path); // perhaps more than fits into a string
  for (let from = 0, to = 0; from < bytes.length; from = to + 1) {
    to = bytes.indexOf(10, from);
    if (to < 0) to = bytes.length;
    const line = bytes.toString("utf8", from, to);
    if (line === "") continue;
    const record = parse(line);
    const data = record?.data as { text: string; sum: string } | undefined;
    const whole =
      record !== undefined &&
      (record.type !== "event" ||
        createHash("sha1")
          .update(data?.text ?? "")
          .digest("hex") === data?.sum);
    if (!whole || record === undefined) {
      bad.push(line);
      continue;
    }
    const list = steps.get(record.run_id) ?? [];
    list.push(record.step);
    steps.set(record.run_id, list);
  }
  return { steps, bad };
}

function parse(
  line: string,
): { run_id: string; step: number; type: string; data?: unknown } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
