export { fsSink } from "./fs-sink.ts";
export type { Durability, FsSinkOptions, RotateOptions } from "./fs-sink-options.ts";
export { locationScheme } from "./location-scheme.ts";
export { runFileName } from "./run-file-name.ts";
