import type { LocationScheme } from "@step-log/core";
import { s3Source } from "./read/s3-source.ts";
import { s3Sink } from "./s3-sink.ts";

/** Opens `s3:` URLs, for core's `openSink` and `openSource`. */
export const locationScheme: LocationScheme = {
  openSink: (location, options) => s3Sink(location, options),
  openSource: (location, options) => s3Source(location, options),
};
