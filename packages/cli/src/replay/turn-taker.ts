import { setImmediate } from "node:timers/promises";

// Longer than this a key would wait to be heard.
const TURN_MS = 8;

/** Makes a function that long work calls again and again, so that keys and frames get their turn. */
export function turnTaker(): () => Promise<void> | undefined {
  let startedAt = performance.now();
  let calls = 0;
  return () => {
    // Asking for the time of each record would take longer than to read it.
    if (++calls % 16 !== 0 || performance.now() - startedAt < TURN_MS) return undefined;
    return setImmediate().then(() => {
      startedAt = performance.now();
    });
  };
}
