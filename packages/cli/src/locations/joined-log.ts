import type { Log } from "./log.ts";

/** Several logs as one, one after the other; a run that is in two of them is listed once. */
export function joinedLog(logs: readonly Log[]): Log {
  return {
    name: `${logs.length} locations`,
    async *runs(filter, options) {
      const seen = new Set<string>();
      for (const log of logs) {
        for await (const run of log.runs(filter, options)) {
          if (seen.has(run.runId)) continue;
          seen.add(run.runId);
          yield run;
        }
      }
    },
    async *read(runId, options) {
      for (const log of logs) yield* log.read(runId, options);
    },
    async *readAll(options) {
      for (const log of logs) yield* log.readAll(options);
    },
    async *batches(options) {
      for (const log of logs) yield* log.batches(options);
    },
    async size() {
      const sizes = await Promise.all(logs.map((log) => log.size()));
      return sizes.includes(null)
        ? null
        : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    },
  };
}
