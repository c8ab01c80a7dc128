import type { Emitted, Subscriber } from "./subscriber.ts";

// A subscriber that emits what it hears would never end; others emit one event or two about one.
const MAX_NESTED = 100;

/**
 * Makes what delivers an event to its subscribers. What they emit meanwhile waits until all have heard of
 * what they hear now, so that all have the same order. It says no to more than 100 of those in a row.
 *
 * @param endless Told once for each such row.
 */
export function inOrder(
  endless: (topic: string) => void,
): (emitted: Emitted, subscribers: readonly Subscriber[]) => boolean {
  const waiting: { readonly emitted: Emitted; readonly subscribers: readonly Subscriber[] }[] = [];
  let delivering = false;
  let nested = 0;

  const deliver = (emitted: Emitted, subscribers: readonly Subscriber[]) => {
    for (const subscriber of subscribers) subscriber.deliver(emitted);
  };
  return (emitted, subscribers) => {
    if (delivering) {
      nested++;
      if (nested <= MAX_NESTED) waiting.push({ emitted, subscribers });
      if (nested === MAX_NESTED + 1) endless(emitted.event.topic);
      return nested <= MAX_NESTED;
    }
    delivering = true;
    nested = 0;
    deliver(emitted, subscribers);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      deliver(next.emitted, next.subscribers);
    }
    delivering = false;
    return true;
  };
}
