import { appendFile } from "node:fs";
import { SpanKind } from "@opentelemetry/api";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { wire } from "../mix.js";

/**
 * A span for each record, as the GenAI conventions have it, exported in batches to a file. Its queue
 * is enlarged so that it drops nothing; the default of 2,048 spans would.
 */
export function open(path, runId) {
  const processor = new BatchSpanProcessor(fileExporter(path), { maxQueueSize: 1e7 });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer("bench");
  return {
    record(i) {
      const { type, duration_ms, ts, input, output, ...rest } = wire(runId, i);
      const attributes = { ...rest, input: JSON.stringify(input), output: JSON.stringify(output) };
      const startTime = ts * 1000 - duration_ms;
      const span = tracer.startSpan(type, { kind: SpanKind.CLIENT, startTime, attributes });
      span.end(ts * 1000);
    },
    async close() {
      await provider.forceFlush();
      await provider.shutdown();
    },
  };
}

function fileExporter(path) {
  return {
    export(spans, done) {
      const lines = spans.map((span) => {
        const { name, startTime, endTime, attributes } = span;
        const { traceId, spanId } = span.spanContext();
        return `${JSON.stringify({ name, traceId, spanId, startTime, endTime, attributes })}\n`;
      });
      appendFile(path, lines.join(""), (error) => done({ code: error === null ? 0 : 1, error }));
    },
    async shutdown() {},
  };
}
