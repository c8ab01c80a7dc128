import type { StepRecord } from "@step-log/core";
import fc from "fast-check";

const json = () => fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)));
const text = () => fc.oneof(fc.string(), fc.string({ unit: "grapheme" }));
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const count = () => fc.maxSafeNat();
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(orNull(of), { nil: undefined });
const ts = () =>
  fc.oneof(fc.double({ min: 1e9, max: 2e9, noNaN: true }), fc.constantFrom(0, 1748107200.123));
const durationMs = () => orNull(fc.double({ min: 0, max: 1e6, noNaN: true }));

const common = () => ({
  ts: ts(),
  tags: fc.option(fc.dictionary(text(), text()), { nil: undefined }),
  parent_step: fc.option(fc.nat(), { nil: undefined }),
});

const llmCall = () =>
  fc.record({
    ...common(),
    type: fc.constant("llm_call"),
    model: orNull(text()),
    provider: maybe(text()),
    input_tokens: orNull(count()),
    output_tokens: orNull(count()),
    cache_read_tokens: maybe(count()),
    cache_write_tokens: maybe(count()),
    reasoning_tokens: maybe(count()),
    stop_reason: orNull(text()),
    response_id: maybe(text()),
    error: maybe(text()),
    usage: fc.option(json(), { nil: undefined }),
    time_to_first_token_ms: maybe(fc.double({ min: 0, max: 1e5, noNaN: true })),
    duration_ms: durationMs(),
  });

const toolCall = () =>
  fc.record({
    ...common(),
    type: fc.constant("tool_call"),
    tool: text(),
    tool_call_id: maybe(text()),
    input: json(),
    output: json(),
    error: orNull(text()),
    duration_ms: durationMs(),
  });

const event = () =>
  fc.oneof(
    fc.record({ ...common(), type: fc.constant("event"), name: text(), data: json() }),
    fc.record({
      ...common(),
      type: fc.constant("event"),
      name: fc.constant("message"),
      data: fc.record({
        role: fc.constantFrom("user", "assistant", "system"),
        content: fc.oneof(text(), json()),
      }),
    }),
  );

const strange = () =>
  fc.record({
    ...common(),
    type: fc.constantFrom("step_start", "log_dropped", "later"),
    of: text(),
    more: json(),
  });

/** A run: a header or none, steps, an end or none. */
export function runs(): fc.Arbitrary<StepRecord[]> {
  const steps = fc.array(fc.oneof(llmCall(), toolCall(), event(), strange()), {
    minLength: 1,
    maxLength: 12,
  });
  const agent = orNull(fc.record({ name: orNull(text()), version: orNull(text()) }));
  return fc
    .record({ runId: text(), steps, agent, metadata: json(), ts: ts(), parts: fc.nat(3) })
    .map(({ runId, steps, agent, metadata, ts, parts }) => {
      const start = {
        run_id: runId,
        step: 0,
        type: "run_start",
        schema: "step-log/1",
        agent,
        task_type: null,
        environment: null,
        parent_run_id: null,
        root_run_id: null,
        metadata,
        runtime: { name: "node", version: null, hostname: null, pid: null },
        ts,
      };
      const end = {
        run_id: runId,
        step: steps.length + 1,
        type: "run_end",
        status: "error",
        error: "no",
        error_context: null,
        summary: metadata,
        ts,
      };
      const middle = steps.map((step, i) => ({ run_id: runId, step: i + 1, ...step }));
      const all = [
        ...(parts & 1 ? [start] : []),
        ...middle,
        ...(parts & 1 && parts & 2 ? [end] : []),
      ];
      return JSON.parse(JSON.stringify(all));
    });
}
