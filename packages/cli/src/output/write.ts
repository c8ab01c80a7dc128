import { once } from "node:events";
import type { Output } from "../io.ts";

/** Writes, and waits where the reader is slower: a whole log does not pile up in memory. */
export async function write(output: Output, text: string): Promise<void> {
  if (text === "" || output.write(text) || output.destroyed) return;
  await once(output, "drain");
}
