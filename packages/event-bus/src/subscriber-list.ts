import type { SubscriberStats } from "./bus-stats.ts";
import type { Subscriber } from "./subscriber.ts";

/** The subscribers of a bus, and who of them wants a topic. */
export interface SubscriberList {
  readonly size: number;
  add(subscriber: Subscriber): void;
  delete(subscriber: Subscriber): void;
  /** All, in the order in which they came; stays as it is while they come and go. */
  all(): readonly Subscriber[];
  /** Those of a topic, likewise. */
  of(topic: string): readonly Subscriber[];
  stats(): SubscriberStats[];
  /** Events that wait, and those that subscribers are busy with. */
  pending(): number;
}

// Who wants a topic is looked up once; a topic takes some 100 B, so 1,000 are 0.1 MB, then it begins anew.
const MAX_TOPICS = 1000;

/** Keeps subscribers, and remembers who of them wants which topic. */
export function subscriberList(): SubscriberList {
  const subscribers = new Set<Subscriber>();
  const topics = new Map<string, readonly Subscriber[]>();

  const lookUp = (topic: string) => {
    if (typeof topic !== "string") return [];
    const found = [...subscribers].filter(({ options }) => options.matches(topic));
    if (topics.size >= MAX_TOPICS) topics.clear();
    topics.set(topic, found);
    return found;
  };
  const stats = () => [...subscribers].map((subscriber) => subscriber.stats());
  return {
    get size() {
      return subscribers.size;
    },
    add(subscriber) {
      subscribers.add(subscriber);
      topics.clear();
    },
    delete(subscriber) {
      subscribers.delete(subscriber);
      topics.clear();
    },
    all: () => [...subscribers],
    of: (topic) => topics.get(topic) ?? lookUp(topic),
    stats,
    pending: () =>
      stats().reduce((sum, { queued, busyMs }) => sum + queued + (busyMs === null ? 0 : 1), 0),
  };
}
