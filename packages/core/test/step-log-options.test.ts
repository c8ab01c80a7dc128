import { describe, expect, test } from "vitest";
import { memorySink, StepLog, type StepLogOptions } from "../src/index.ts";
import { checkOptions } from "../src/step-log-options.ts";

const sink = memorySink();
const noPrototype: unknown = Object.create(null);

describe("an option of the wrong type is a TypeError that names it", () => {
  test.each<[string, unknown, string]>([
    ["options", undefined, "options must be an object, got undefined"],
    ["options", "text", "options must be an object, got string text"],
    ["sink", undefined, "sink must be a Sink, such as memorySink(), got undefined"],
    ["sink", null, "sink must be"],
    ["sink", "./logs", "sink must be a Sink, such as memorySink(), got string ./logs"],
    ["sink", {}, "sink must be a Sink, such as memorySink(), got object"],
    ["sink", { ...sink, write: 7 }, "sink must be"],
    ["sink", { ...sink, flush: undefined }, "sink must be"],
    ["sink", { ...sink, close: undefined }, "sink must be"],
    ["runId", 7, "runId must be a string, got number 7"],
    ["runId", null, "runId must be a string, got object null"],
    ["runId", "", "runId must be a text that is not empty"],
    ["run", true, "run must be an object or false, got boolean true"],
    ["run", null, "run must be an object or false"],
    ["run", "agent", "run must be"],
    ["resume", 1, "resume must be a boolean"],
    ["resume", "no", "resume must be a boolean"],
    ["writer", 1, "writer must be a string"],
    ["tags", "a", "tags must be an object"],
    ["tags", false, "tags must be an object"],
    ["redact", "all", "redact must be a boolean, an object or a function"],
    ["redact", null, "redact must be"],
    ["redact", { names: "ssn" }, "redact.names must be a list of texts and RegExps"],
    ["redact", { names: [7] }, "redact.names must be"],
    ["redact", { patterns: /a/ }, "redact.patterns must be a list of RegExps"],
    ["redact", { patterns: ["a"] }, "redact.patterns must be"],
    ["payload", 1024, "payload must be an object"],
    ["payload", null, "payload must be an object"],
    ...["1 MiB", 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, null].map(
      (maxBytes): [string, unknown, string] => [
        "payload",
        { maxBytes },
        `payload.maxBytes must be a whole number from 1, got ${typeof maxBytes} ${maxBytes}`,
      ],
    ),
    ["inFlight", 0, "inFlight must be a boolean"],
    ["onError", "log", "onError must be a function"],
    ["onError", noPrototype, "onError must be a function, got object"],
  ])("%s: %o", (option, value, message) => {
    const options = option === "options" ? value : { sink, [option]: value };
    const make = () => new StepLog(options as StepLogOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(`StepLog: ${message}`);
  });
});

test.each<[string, Partial<StepLogOptions>]>([
  ["the least", {}],
  [
    "what is left out by undefined",
    Object.fromEntries(
      ["runId", "run", "resume", "writer", "tags", "redact", "payload", "inFlight", "onError"].map(
        (name) => [name, undefined],
      ),
    ),
  ],
  ["a run that has no header", { run: false }],
  ["a run with an empty header", { run: {} }],
  ["false for what may be on or off", { resume: false, redact: false, inFlight: false }],
  ["true for what may be on or off", { resume: true, redact: true, inFlight: true }],
  ["names and patterns to redact", { redact: { names: ["ssn", /^x-/], patterns: [/\d{9}/] } }],
  ["a function that redacts", { redact: (record) => record }],
  ["a payload of a byte", { payload: { maxBytes: 1 } }],
  ["a payload of the default", { payload: {} }],
])("%s may be meant", (_, options) => {
  expect(() => checkOptions({ sink, ...options })).not.toThrow();
});
