import type { WireCallRecord } from "@step-log/core";

/** The latest exchanges, oldest first. */
export interface RecentCalls {
  add(record: WireCallRecord, bytes: number): void;
  all(): readonly WireCallRecord[];
  clear(): void;
}

/** Keeps at most `maxCalls` records of together at most `maxBytes`; the last one always. */
export function recentCalls(maxCalls: number, maxBytes: number): RecentCalls {
  let calls: { readonly record: WireCallRecord; readonly bytes: number }[] = [];
  let total = 0;
  return {
    add(record, bytes) {
      calls.push({ record, bytes });
      total += bytes;
      while (calls.length > 1 && (calls.length > maxCalls || total > maxBytes)) {
        total -= calls.shift()?.bytes ?? 0;
      }
    },
    all: () => calls.map(({ record }) => record),
    clear() {
      calls = [];
      total = 0;
    },
  };
}
