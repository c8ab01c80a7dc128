import type { FsSource } from "@step-log/fs-sink";
import type { Io } from "../io.ts";
import { isForeign } from "../locations/is-foreign.ts";
import type { Location } from "../locations/location.ts";
import type { Log } from "../locations/log.ts";
import type { LogItem } from "../locations/log-item.ts";
import { openLog } from "../locations/open-log.ts";

/** What is wanted of the end of a log. */
export interface TailOptions {
  readonly runId: string | undefined;
  /** Asked from the end on, where that is possible. */
  readonly wants: (item: LogItem) => boolean;
  readonly signal: AbortSignal;
}

/** The end of a log. */
export interface TailSource {
  /** The last records, oldest first. */
  last(count: number, options: TailOptions): Promise<readonly LogItem[]>;
  /**
   * Everything that comes from now on, where it can be followed; `onCaughtUp` hears from when on
   * nothing is missed.
   */
  follow?(onCaughtUp: () => void, options: TailOptions): AsyncIterable<LogItem>;
}

/** Opens the end of a location; of what cannot be read from its end, all is read. */
export async function tailSource(
  location: Location,
  io: Io,
  onRead: (bytes: number) => void,
): Promise<TailSource> {
  const isFile = location.kind === "path" && !(await isForeign(location.path));
  if (isFile) return fileTail(location.path, onRead);
  const log = await openLog([location.name], io, { onRead });
  return { last: (count, options) => lastOf(log, count, options) };
}

async function fileTail(path: string, onRead: (bytes: number) => void): Promise<TailSource> {
  const { fsSource } = await import("@step-log/fs-sink");
  return {
    last: (count, { runId, ...options }) =>
      fsSource(path, { onRead }).last(count, { ...options, ...(runId !== undefined && { runId }) }),
    follow(onCaughtUp, { runId, signal }) {
      const source: FsSource = fsSource(path, { follow: true, from: "end", onCaughtUp });
      return runId === undefined ? source.readAll({ signal }) : source.read(runId, { signal });
    },
  };
}

async function lastOf(
  log: Log,
  count: number,
  { runId, wants, signal }: TailOptions,
): Promise<readonly LogItem[]> {
  let kept: LogItem[] = [];
  for await (const batch of log.batches({ signal })) {
    for (const item of batch) {
      if (runId !== undefined && item.type !== "bad_line" && item.run_id !== runId) continue;
      if (wants(item)) kept.push(item);
    }
    if (kept.length > 2 * count + 1000) kept = kept.slice(-count);
  }
  return count === 0 ? [] : kept.slice(-count);
}
