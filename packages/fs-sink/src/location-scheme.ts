import type { LocationScheme } from "@step-log/core";
import { fsSink } from "./fs-sink.ts";

/** Opens paths and `file:` URLs, for core's `openSink` and `openSource`. */
export const locationScheme: LocationScheme = {
  openSink: (location, options) => fsSink(location, options),
};
