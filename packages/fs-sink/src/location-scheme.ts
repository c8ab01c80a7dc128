import type { LocationScheme } from "@step-log/core";
import { fsSink } from "./fs-sink.ts";
import { fsSource } from "./read/fs-source.ts";

/** Opens paths and `file:` URLs, for core's `openSink` and `openSource`. */
export const locationScheme: LocationScheme = {
  openSink: (location, options) => fsSink(location, options),
  openSource: (location, options) => fsSource(location, options),
};
