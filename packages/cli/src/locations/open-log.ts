import type { Source } from "@step-log/core";
import type { S3Source } from "@step-log/s3-sink";
import type { Io } from "../io.ts";
import { UsageError } from "../usage-error.ts";
import { findLocations } from "./find-locations.ts";
import { foreignLog } from "./foreign-log.ts";
import { isForeign } from "./is-foreign.ts";
import { joinedLog } from "./joined-log.ts";
import { loadS3 } from "./load-s3.ts";
import type { Location } from "./location.ts";
import type { Log } from "./log.ts";
import { sourceLog } from "./source-log.ts";

/** How to open a log. */
export interface OpenOptions {
  /** Whether reading waits for more at the end. */
  readonly follow?: boolean;
  /** Where following begins. @defaultValue "start" */
  readonly from?: "start" | "end";
  /** Hears how many bytes more of files were read. */
  readonly onRead?: (bytes: number) => void;
}

/**
 * Opens what the user gave, one location or several, as one log. The logs of other tools are read as
 * they are, by their content, as `step-log import` would read them.
 *
 * @throws UsageError, StepLogError
 */
export async function openLog(
  given: readonly string[],
  io: Io,
  options: OpenOptions = {},
): Promise<Log> {
  const logs = await openLogs(given, io, options);
  const [only] = logs;
  return logs.length === 1 && only !== undefined ? only : joinedLog(logs);
}

/** The same as one log a location. */
export async function openLogs(
  given: readonly string[],
  io: Io,
  options: OpenOptions = {},
): Promise<readonly Log[]> {
  const locations = await findLocations(given, io);
  return Promise.all(locations.map((location) => open(location, io, options)));
}

async function open(location: Location, io: Io, options: OpenOptions): Promise<Log> {
  const { follow = false, from = "start", onRead } = options;
  switch (location.kind) {
    case "stdin":
      if (follow) throw new UsageError("what is piped in cannot be followed; give the file");
      return foreignLog("-", io.stdin, { onRead });
    case "path": {
      const { path, name } = location;
      if (await isForeign(path)) {
        if (follow)
          throw new UsageError(`${name} is the log of another tool, which cannot be followed`);
        return foreignLog(name, path, { onRead });
      }
      const { fsSource } = await import("@step-log/fs-sink");
      const source = fsSource(path, { follow, from, ...(onRead && { onRead }) });
      return sourceLog(name, source, source, follow ? undefined : path);
    }
    case "url": {
      if (follow)
        throw new UsageError(`${location.name} cannot be followed; follow the file of the agent`);
      return sourceLog(location.name, await openUrl(location.url));
    }
  }
}

async function openUrl(url: string): Promise<Source> {
  if (!/^s3:/i.test(url)) {
    const { openSource } = await import("@step-log/core");
    return openSource(url);
  }
  return openBucket(url);
}

/** Opens `s3://…`, with what the environment says of the service. */
export async function openBucket(url: string): Promise<S3Source> {
  const { s3Source } = await loadS3();
  return s3Source(url);
}
