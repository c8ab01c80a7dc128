import { extname } from "node:path";
import { randomMark } from "../lazy-builtins.ts";

let own: string | undefined;

/** The name of a file that this process has for itself: `agent-steps.4711-9f86d081.jsonl`. */
export function ownFile(path: string): string {
  const ending = extname(path);
  own ??= `${process.pid}-${randomMark()}`;
  return `${path.slice(0, path.length - ending.length)}.${own}${ending}`;
}
