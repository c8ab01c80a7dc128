import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** The lines of a file that step-log wrote: JSON leaves no other line end in them. */
export async function* linesOf(path: string): AsyncGenerator<string, void, void> {
  const input = createReadStream(path);
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } finally {
    input.destroy();
  }
}

/** How many lines a file has. */
export async function countLines(path: string): Promise<number> {
  let count = 0;
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) count++;
  }
  return count;
}

/** What the first line of a file says of itself; any of it may be of any type. */
export interface FirstRecord {
  readonly run_id?: unknown;
  readonly metadata?: unknown;
}

/** The first line of a file; nothing where that is no object. */
export async function firstRecord(path: string): Promise<FirstRecord | undefined> {
  for await (const line of linesOf(path)) {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === "object" && value !== null ? value : undefined;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
