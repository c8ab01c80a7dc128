import type { MatchingTopics } from "./matching-topics.ts";

/** A topic of a map of events: `{ "run.start": RunStartRecord }`. */
export type Topic<Events> = keyof Events & string;

/** A topic, or a pattern with `*` for one segment and `**` for any number. */
export type Pattern<Events> = Topic<Events> | `*${string}` | `${string}.*${string}`;

/** What a subscriber gets. Others get the same object: do not change the payload. */
export type BusEvent<Events, T extends Topic<Events> = Topic<Events>> = {
  readonly [Name in T]: { readonly topic: Name; readonly payload: Events[Name] };
}[T];

/** The events that a pattern matches. */
export type Matched<Events, P extends string> = BusEvent<Events, MatchingTopics<Topic<Events>, P>>;

/**
 * Hears of events, in the turn in which they are emitted. While a promise that it gave is pending, the
 * next ones wait in its queue.
 */
export type Listener<Event> = (event: Event) => unknown;
