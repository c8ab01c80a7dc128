/** The topics among `T` that a pattern matches, told by the compiler. */
export type MatchingTopics<T extends string, P extends string> = string extends T
  ? T
  : T extends unknown
    ? Matches<P, T> extends true
      ? T
      : never
    : never;

type Matches<P extends string, T extends string> = string extends P
  ? true
  : P extends T
    ? true
    : P extends "*"
      ? IsOneSegment<T>
      : P extends "**"
        ? true
        : P extends `**.${infer Rest}`
          ? MatchesBehindAny<Rest, T>
          : P extends `${infer First}.${infer Rest}`
            ? T extends `${infer Segment}.${infer Others}`
              ? MatchesSegment<First, Segment> extends true
                ? Matches<Rest, Others>
                : false
              : // Nothing follows, which `**` allows for.
                Rest extends "**"
                ? MatchesSegment<First, T>
                : false
            : false;

/** What stands behind `**` matches here, or behind one more segment. */
type MatchesBehindAny<Rest extends string, T extends string> =
  Matches<Rest, T> extends true
    ? true
    : T extends `${string}.${infer Others}`
      ? MatchesBehindAny<Rest, Others>
      : false;

type MatchesSegment<P extends string, Segment extends string> = P extends "*"
  ? true
  : P extends Segment
    ? true
    : false;

type IsOneSegment<T extends string> = T extends `${string}.${string}` ? false : true;
