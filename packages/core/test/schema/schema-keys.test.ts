import { expect, it } from "vitest";
import schema from "../../schema.json" with { type: "json" };
import type {
  ErrorContext,
  ErrorFrame,
  EventRecord,
  LlmCallRecord,
  LogDroppedRecord,
  RecordBase,
  RunEndRecord,
  RunStartRecord,
  StepStartRecord,
  ToolCallRecord,
  Truncation,
  WireBody,
  WireCallRecord,
  WireRequest,
  WireResponse,
} from "../../src/record.ts";

type Defs = (typeof schema)["$defs"];

/** The keys that the schema gives to a definition. */
type KeysOf<Name extends keyof Defs> = Defs[Name] extends { properties: infer Properties }
  ? keyof Properties
  : never;

/** `true` when the two unions are the same. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** `true` when a type of record has the keys of the schema, beside those that all have. */
type SameRecord<Record, Name extends keyof Defs> = Same<
  Exclude<keyof Record, keyof RecordBase>,
  KeysOf<Name>
>;

// Checked by the compiler: a key on one side only makes one of these `false`.
const same: [
  Same<keyof RecordBase | "type", keyof (typeof schema)["properties"]>,
  SameRecord<RunStartRecord, "run_start">,
  SameRecord<LlmCallRecord, "llm_call">,
  SameRecord<ToolCallRecord, "tool_call">,
  SameRecord<StepStartRecord, "step_start">,
  SameRecord<EventRecord, "event">,
  SameRecord<RunEndRecord, "run_end">,
  SameRecord<LogDroppedRecord, "log_dropped">,
  SameRecord<WireCallRecord, "wire_call">,
  Same<keyof ErrorContext, KeysOf<"error">>,
  Same<keyof ErrorFrame, KeysOf<"frame">>,
  Same<keyof Truncation, KeysOf<"truncation">>,
  Same<keyof RunStartRecord["runtime"], KeysOf<"runtime">>,
  Same<keyof NonNullable<RunStartRecord["agent"]>, KeysOf<"agent">>,
  Same<keyof WireRequest, KeysOf<"request">>,
  Same<keyof WireResponse, KeysOf<"response">>,
  Same<keyof WireBody, KeysOf<"body">>,
] = [
  ...([true, true, true, true, true, true, true, true, true] as const),
  ...([true, true, true, true, true, true, true, true] as const),
];

it("gives every type of record the keys that its TypeScript type has", () => {
  const branches = schema.oneOf.map(({ $ref }) => $ref.replace("#/$defs/", ""));
  // One for each but the keys of all and the parts: agent, runtime, error, frame, truncation, request,
  // response, body.
  expect(branches).toHaveLength(same.length - 9 + 1);
});
