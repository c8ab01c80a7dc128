import type { StepRecord } from "@step-log/core";
import type { LogChain, LogFiles } from "./log-files.ts";
import { readChain } from "./read-chain.ts";
import type { ReadLogOptions } from "./read-log-file.ts";

// Most first lines, a run's header, are shorter.
const AHEAD_BYTES = 4096;

/** The first record of files that continue each other. */
export async function firstRecord(
  chain: LogChain,
  files: LogFiles,
  options: ReadLogOptions,
): Promise<StepRecord | undefined> {
  for await (const items of readChain(chain, files, { ...options, aheadBytes: AHEAD_BYTES })) {
    for (const item of items) if (item.type !== "bad_line") return item;
  }
  return undefined;
}
