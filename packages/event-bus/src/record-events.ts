import type { StepRecord } from "@step-log/core";

/** The events of `busSink`: the record of a topic. */
export type RecordEvents = {
  readonly [Type in StepRecord["type"] as TopicOf<Type>]: Extract<
    StepRecord,
    { readonly type: Type }
  >;
};

type TopicOf<Type extends string> = Type extends keyof typeof OTHERS
  ? (typeof OTHERS)[Type]
  : `step.${Type}`;

const OTHERS = {
  run_start: "run.start",
  run_end: "run.end",
  step_start: "step.start",
  log_dropped: "log.dropped",
} as const;

const TOPICS: ReadonlyMap<string, string> = new Map(Object.entries(OTHERS));

/** The topic of a record: `step.tool_call` of a `tool_call`, and of types to come likewise. */
export function topicOf(record: StepRecord): keyof RecordEvents {
  return (TOPICS.get(record.type) ?? `step.${record.type}`) as keyof RecordEvents;
}
