import fc from "fast-check";

const text = fc.string({ maxLength: 8 });
const textOrNull = fc.option(text);
const whole = fc.oneof(fc.nat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER));
const wholeOrNull = fc.option(whole);
const milliseconds = fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }));
const json = fc.jsonValue({ maxDepth: 2 });

const frame = fc.record({
  function: textOrNull,
  file: text,
  line: wholeOrNull,
  column: wholeOrNull,
});

const error = fc.letrec((tie) => ({
  error: fc.record({
    type: text,
    message: text,
    code: textOrNull,
    frames: fc.array(frame, { maxLength: 3 }),
    cause: fc.option(tie("error"), { maxDepth: 3 }),
  }),
})).error;

const errorOrNull = fc.option(error);

const headers = fc.dictionary(text, text, { maxKeys: 3 });
const body = fc.option(
  fc.record({ bytes: wholeOrNull, encoding: fc.constantFrom("utf8", "base64"), data: text }),
);

const common = {
  run_id: text,
  step: whole,
  ts: fc.double({ min: 0, max: 1e11, noNaN: true }),
  parent_step: whole,
  writer: text,
  tags: fc.dictionary(text, text),
  truncated: fc.array(fc.record({ path: text, bytes: wholeOrNull, sha256: textOrNull }), {
    maxLength: 2,
  }),
};

function recordOf(
  type: string,
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<Record<string, unknown>> {
  const keys = { ...common, type: fc.constant(type), ...required, ...optional };
  return fc.record(keys, {
    requiredKeys: ["run_id", "step", "ts", "type", ...Object.keys(required)],
  } as { requiredKeys: (keyof typeof keys)[] });
}

/** Any record that follows the format, of a known type or not. */
export const validRecord: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  recordOf("run_start", {
    schema: text,
    agent: fc.option(fc.record({ name: textOrNull, version: textOrNull })),
    task_type: textOrNull,
    environment: textOrNull,
    parent_run_id: textOrNull,
    root_run_id: textOrNull,
    metadata: json,
    runtime: fc.record({
      name: text,
      version: textOrNull,
      hostname: textOrNull,
      pid: wholeOrNull,
    }),
  }),
  recordOf(
    "llm_call",
    {
      model: textOrNull,
      input_tokens: wholeOrNull,
      output_tokens: wholeOrNull,
      stop_reason: textOrNull,
      duration_ms: milliseconds,
    },
    {
      provider: textOrNull,
      cache_read_tokens: wholeOrNull,
      cache_write_tokens: wholeOrNull,
      reasoning_tokens: wholeOrNull,
      time_to_first_token_ms: milliseconds,
      response_id: textOrNull,
      attempt: wholeOrNull,
      error: textOrNull,
      error_context: errorOrNull,
      usage: json,
    },
  ),
  recordOf(
    "tool_call",
    { tool: text, input: json, output: json, error: textOrNull, duration_ms: milliseconds },
    { tool_call_id: textOrNull, error_context: errorOrNull },
  ),
  recordOf(
    "step_start",
    { of: fc.constantFrom("llm_call", "tool_call") },
    { tool: text, model: textOrNull, tool_call_id: textOrNull, input: json },
  ),
  recordOf("event", { name: text, data: json }),
  recordOf("run_end", {
    status: fc.constantFrom("ok", "error", "cancelled"),
    error: textOrNull,
    error_context: errorOrNull,
    summary: json,
  }),
  recordOf("log_dropped", { count: whole, bytes: whole, reason: text }),
  recordOf(
    "wire_call",
    {
      request: fc.record({ method: text, url: text, headers, body }),
      response: fc.option(
        fc.record({ status: whole, status_text: text, url: text, headers, body }),
      ),
      attempt: whole,
      outcome: fc.constantFrom("complete", "cancelled", "aborted", "failed", "unfinished"),
      error: textOrNull,
      duration_ms: milliseconds,
      time_to_headers_ms: milliseconds,
      time_to_first_byte_ms: milliseconds,
      time_to_first_token_ms: milliseconds,
    },
    { error_context: errorOrNull },
  ),
  recordOf("a_type_of_tomorrow", {}, { tool: json, status: json }),
);

/** A path to somewhere inside a value: `["error_context", "frames", 0]`. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]));
  return [path, ...inner];
}

const wrong = fc.oneof(
  json,
  fc.constantFrom<unknown>(
    -1,
    0.5,
    2 ** 53,
    Number.POSITIVE_INFINITY,
    "",
    null,
    [],
    {},
    [null],
    { a: 1 },
    "bad_line",
  ),
);

/** A valid record of which one value, at any depth, was left out or changed to something else. */
export const mutatedRecord: fc.Arbitrary<unknown> = fc
  .tuple(validRecord, fc.nat(), fc.option(wrong, { nil: undefined }))
  .map(([record, choice, replacement]) => {
    const paths = pathsOf(record).filter((path) => path.length > 0);
    const path = paths[choice % paths.length] ?? [];
    const copy: unknown = structuredClone(record);
    let parent = copy as Record<string, unknown>;
    for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
    const last = path.at(-1) ?? "";
    if (replacement !== undefined) parent[last] = replacement;
    else if (Array.isArray(parent)) parent.pop();
    else delete parent[last];
    return copy;
  });
