/** Events one after the other, for `for await`; leaving the loop ends the subscription. */
export interface EventStream<Event> extends AsyncIterableIterator<Event, undefined> {
  next(): Promise<IteratorResult<Event, undefined>>;
  return(): Promise<IteratorResult<Event, undefined>>;
  [Symbol.asyncIterator](): EventStream<Event>;
  [Symbol.asyncDispose](): Promise<void>;
}

const END = { done: true, value: undefined } as const;

/**
 * Makes a stream of a subscription. The listener is busy with an event until the next one is asked for,
 * so that events wait in the queue of the subscription and nowhere else.
 *
 * @param subscribe Gets the listener, and what is to be done when the subscription ends; gives what ends it.
 */
export function eventStream<Event>(
  subscribe: (listener: (event: Event) => Promise<void>, ended: () => void) => () => void,
): EventStream<Event> {
  const waiting: ((result: IteratorResult<Event, undefined>) => void)[] = [];
  let held: { readonly event: Event } | undefined;
  let release = () => {};
  let over = false;

  const end = () => {
    over = true;
    held = undefined;
    for (const settle of waiting.splice(0)) settle(END);
    release();
  };
  const listener = (event: Event) =>
    new Promise<void>((done) => {
      release = done;
      const settle = waiting.shift();
      if (settle === undefined) held = { event };
      else settle({ done: false, value: event });
      // Somebody asked for the next one already.
      if (waiting.length > 0) done();
    });
  const unsubscribe = subscribe(listener, end);

  return {
    async next() {
      if (over) return END;
      if (held !== undefined) {
        const { event } = held;
        held = undefined;
        return { done: false, value: event };
      }
      return new Promise((settle) => {
        waiting.push(settle);
        release();
      });
    },
    async return() {
      unsubscribe();
      return END;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      unsubscribe();
    },
  };
}
