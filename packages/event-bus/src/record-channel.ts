import type { Entry } from "@step-log/core";

/** The name of the channel of `node:diagnostics_channel` on which every entry of a `busSink` is published. */
export const RECORD_CHANNEL = "step-log:record";

/** What is used of a channel. */
export interface RecordChannel {
  readonly hasSubscribers: boolean;
  publish(entry: Entry): void;
}

interface ProcessLike {
  getBuiltinModule?(name: string): { channel(name: string): RecordChannel } | undefined;
}

/** The channel, without an import, so that bundles for browsers need no stand-in; where there is none, `undefined`. */
export function recordChannel(): RecordChannel | undefined {
  const { process } = globalThis as { readonly process?: ProcessLike };
  try {
    return process?.getBuiltinModule?.("node:diagnostics_channel")?.channel(RECORD_CHANNEL);
  } catch {
    return undefined;
  }
}
