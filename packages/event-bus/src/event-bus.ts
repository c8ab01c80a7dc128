import { type ErrorListener, errorListeners, StepLogError, waitFor } from "@step-log/core";
import type { BusStats } from "./bus-stats.ts";
import { busyWatch } from "./busy-watch.ts";
import type { Listener, Matched, Pattern, Topic } from "./event.ts";
import {
  checkBusOptions,
  checkSubscribeOptions,
  type EventBusOptions,
  type SubscribeOptions,
} from "./event-bus-options.ts";
import { type EventStream, eventStream } from "./event-stream.ts";
import { inOrder } from "./in-order.ts";
import { recentEvents } from "./recent-events.ts";
import type { RecordEvents } from "./record-events.ts";
import { Subscriber } from "./subscriber.ts";
import { subscriberList } from "./subscriber-list.ts";
import { topicPattern } from "./topic-pattern.ts";

/** Tells subscribers in this process of events. None of its methods lets a subscriber's failure out. */
export interface EventBus<Events = RecordEvents> {
  /**
   * Subscribes to a topic or pattern; the function that it gives ends that. Within one emission, listeners
   * are called in the order in which they subscribed.
   *
   * @throws TypeError for what is no pattern, no function or no option.
   */
  on<P extends Pattern<Events>>(
    pattern: P,
    listener: Listener<Matched<Events, P>>,
    options?: SubscribeOptions,
  ): () => void;
  /** Subscribes to the next event alone. */
  once<P extends Pattern<Events>>(
    pattern: P,
    listener: Listener<Matched<Events, P>>,
    options?: SubscribeOptions,
  ): () => void;
  /** Ends the subscriptions of a listener to a pattern. */
  off<P extends Pattern<Events>>(pattern: P, listener: Listener<Matched<Events, P>>): void;
  /**
   * Subscribes from now on, for `for await`. It ends, without an error, when the loop is left or the
   * signal is aborted.
   */
  events<P extends Pattern<Events>>(
    pattern: P,
    options?: SubscribeOptions,
  ): EventStream<Matched<Events, P>>;
  /**
   * Tells all who listen. Never throws, and waits for nobody.
   *
   * @param bytes The size of the payload, where it is known, so that queues of large ones are bounded.
   */
  emit<T extends Topic<Events>>(topic: T, payload: Events[T], bytes?: number): void;
  /** Whether an event would reach anybody, or be kept for `replay`. */
  readonly active: boolean;
  /**
   * Resolves when no subscriber is busy any more.
   *
   * @throws StepLogError `ABORTED` when the signal was aborted before.
   */
  idle(options?: { readonly signal?: AbortSignal }): Promise<void>;
  stats(): BusStats;
  /** Tells `listener` of every problem of a subscriber, until the returned function is called. */
  onError(listener: ErrorListener): () => void;
}

const MAX_QUEUE = 1000;
const MAX_QUEUE_BYTES = 16 * 1024 * 1024;
const STALL_MS = 30_000;

/** Makes a bus, of the records of `busSink` unless another map of topics to payloads is given. */
export function eventBus<Events = RecordEvents>(options: EventBusOptions = {}): EventBus<Events> {
  checkBusOptions(options);
  const { replay = 0, maxQueueBytes = MAX_QUEUE_BYTES, stallMs = STALL_MS } = options;
  const errors = errorListeners(options.onError);
  const counts = { emitted: 0, delivered: 0, dropped: 0, failed: 0 };
  const list = subscriberList();
  const recent = recentEvents(replay, maxQueueBytes);
  const busy = busyWatch(stallMs);
  // What is looked at when nobody listens, so it is kept and not asked for.
  let active = replay > 0;

  const deliver = inOrder((topic) => {
    const message = `subscribers emit events about events, without end: ${topic} is dropped`;
    errors.tell(new StepLogError("CALLBACK_FAILED", message));
  });
  const subscribe = (
    pattern: string,
    listener: Listener<never>,
    subscribeOptions: SubscribeOptions = {},
    once = false,
    ended = () => {},
  ) => {
    checkSubscribeOptions(subscribeOptions);
    if (typeof listener !== "function") {
      throw new TypeError(`a listener must be a function, got ${typeof listener}`);
    }
    const { signal, maxQueue = options.maxQueue ?? MAX_QUEUE } = subscribeOptions;
    const limits = { maxQueue, maxQueueBytes };
    const matches = topicPattern(pattern);
    const subscriber = new Subscriber({ pattern, matches, listener, once, ...limits }, counts, {
      busy: busy.add,
      idle: busy.delete,
      tell: errors.tell,
      stopped() {
        list.delete(subscriber);
        active = list.size > 0 || replay > 0;
        signal?.removeEventListener("abort", stop);
        ended();
      },
    });
    const stop = () => subscriber.stop();
    if (signal?.aborted) {
      stop();
      return stop;
    }
    signal?.addEventListener("abort", stop, { once: true });
    list.add(subscriber);
    active = true;
    for (const emitted of recent.matching(matches, subscribeOptions.replay)) {
      subscriber.deliver(emitted);
    }
    return stop;
  };

  return {
    on: (pattern, listener, onOptions) => subscribe(pattern, listener, onOptions),
    once: (pattern, listener, onOptions) => subscribe(pattern, listener, onOptions, true),
    off(pattern, listener) {
      for (const subscriber of list.all()) {
        const { options: its } = subscriber;
        if (its.pattern === pattern && its.listener === listener) subscriber.stop();
      }
    },
    events: (pattern, onOptions) =>
      eventStream((listener, ended) => subscribe(pattern, listener, onOptions, false, ended)),
    emit(topic, payload, bytes = 0) {
      if (!active) return;
      counts.emitted++;
      const subscribers = list.of(topic);
      if (subscribers.length === 0 && replay === 0) return;
      const emitted = { event: { topic, payload }, bytes };
      recent.add(emitted);
      if (!deliver(emitted, subscribers)) counts.dropped += subscribers.length;
    },
    get active() {
      return active;
    },
    idle: ({ signal } = {}) => waitFor(busy.none(), signal, list.pending),
    stats: () => ({ ...counts, subscribers: list.stats() }),
    onError: errors.listen,
  };
}
