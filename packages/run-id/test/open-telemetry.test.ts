import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { expect, test } from "vitest";
import { extract, inject, RunContext, runIdOf, spanIdOf, traceIdOf } from "../src/index.ts";

const propagator = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
});
const root = RunContext.start();
const run = RunContext.start({ parent: root, baggage: { tenant: "acme & söhne; 100 %" } });

test("OpenTelemetry reads what a run sends: trace, span, baggage", () => {
  const context = propagator.extract(ROOT_CONTEXT, inject({}, { run }), defaultTextMapGetter);
  expect(trace.getSpanContext(context)).toMatchObject({
    traceId: traceIdOf(root.runId),
    spanId: spanIdOf(run.runId),
    traceFlags: 1,
  });
  const baggage = propagation.getBaggage(context);
  expect(baggage?.getEntry("tenant")?.value).toBe("acme & söhne; 100 %");
  expect(baggage?.getEntry("step_log.root_run_id")?.value).toBe(root.runId);
});

test("a run reads what OpenTelemetry sends", () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const span = { traceId, spanId: "00f067aa0ba902b7", traceFlags: 0 };
  const baggage = propagation.createBaggage({ tenant: { value: "acme & söhne; 100 %" } });
  const headers = {};
  const sent = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, span), baggage);
  propagator.inject(sent, headers, defaultTextMapSetter);
  expect(extract(headers)).toMatchObject({
    runId: runIdOf(traceId),
    traceId,
    sampled: false,
    baggage: { tenant: "acme & söhne; 100 %" },
  });
});

test("the tree of runs holds across a service that knows OpenTelemetry alone", () => {
  // It reads the headers, makes a span of its own, and calls on.
  const incoming = propagator.extract(
    ROOT_CONTEXT,
    inject({}, { run, step: 5 }),
    defaultTextMapGetter,
  );
  const traceId = trace.getSpanContext(incoming)?.traceId ?? "";
  const own = { traceId, spanId: "00f067aa0ba902b7", traceFlags: 1 };
  const headers = {};
  propagator.inject(trace.setSpanContext(incoming, own), headers, defaultTextMapSetter);
  expect(headers).not.toHaveProperty("x-run-id");
  expect(RunContext.start({ parent: extract(headers) })).toMatchObject({
    parentRunId: run.runId,
    parentStep: 5,
    rootRunId: root.runId,
    depth: 2,
    traceId: root.traceId,
    baggage: run.baggage,
  });
});
