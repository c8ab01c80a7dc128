import type { Emitted } from "./subscriber.ts";

/** The last events of a bus. */
export interface RecentEvents {
  add(emitted: Emitted): void;
  /** The last `count` of those that match, oldest first; with `true` all. */
  matching(matches: (topic: string) => boolean, count?: number | boolean): Emitted[];
}

/** Keeps the last `maxEvents`, or as many of them as have `maxBytes`. */
export function recentEvents(maxEvents: number, maxBytes: number): RecentEvents {
  const kept: Emitted[] = [];
  let bytes = 0;
  return {
    add(emitted) {
      if (maxEvents === 0) return;
      kept.push(emitted);
      bytes += emitted.bytes;
      while (kept.length > maxEvents || bytes > maxBytes) bytes -= kept.shift()?.bytes ?? 0;
    },
    matching(matches, count = 0) {
      if (count === false || count === 0) return [];
      const found = kept.filter(({ event }) => matches(event.topic));
      return count === true ? found : found.slice(-count);
    },
  };
}
