export type { RunExpectation, SnapshotOptions } from "./expect-run.ts";
export { expectRun } from "./expect-run.ts";
export type { SnapshotResult, SnapshotStatus } from "./snapshot-result.ts";
export type { VolatileOptions } from "./volatile.ts";
