import type { ErrorContext, ErrorFrame } from "@step-log/core";
import type { ReplayStep } from "@step-log/replay";
import { type Line, span } from "../terminal/line.ts";
import { brief } from "./brief.ts";
import { field } from "./fields.ts";

/** Whether a step tells of an error. */
export function hasError({ record }: Pick<ReplayStep, "record">): boolean {
  return (field(record, "error") ?? null) !== null;
}

/** Writes what went wrong: the error, the frames of the agent's own code, and what it was caused by. */
export function* errorLines({ record }: Pick<ReplayStep, "record">): Generator<Line, void, void> {
  const error = field(record, "error");
  const text = typeof error === "string" ? error : brief(error);
  for (const it of text.split(/\r?\n/)) yield { spans: [span("  "), span(it, "bad")], hang: 4 };
  const context = field(record, "error_context");
  if (typeof context === "object" && context !== null) {
    yield* contextLines(context as unknown as ErrorContext, text);
  }
}

// As deep as causes are recorded, and a strange log may go deeper.
const MAX_CAUSES = 10;

function* contextLines(top: ErrorContext, told: string): Generator<Line, void, void> {
  let context: ErrorContext | null | undefined = top;
  for (let depth = 0; context && depth < MAX_CAUSES; depth++) {
    const { type, code, message } = context;
    const head = [type, code && `(${code})`].filter(Boolean).join(" ");
    const isTold = depth === 0 && told.includes(String(message));
    const cause = depth === 0 ? "" : "caused by ";
    yield {
      spans: [
        span(
          `  ${cause}${head}${isTold ? "" : `: ${String(message)}`}`,
          depth === 0 ? "dim" : "bad",
        ),
      ],
      hang: 4,
    };
    const frames: readonly ErrorFrame[] = Array.isArray(context.frames) ? context.frames : [];
    for (const it of frames) yield { spans: [span(`    at ${frameText(it)}`)], hang: 6 };
    context = context.cause;
  }
}

function frameText(frame: ErrorFrame): string {
  const place = [frame?.file, frame?.line, frame?.column].filter(
    (it) => it !== null && it !== undefined,
  );
  const where = place.join(":");
  return frame?.function ? `${frame.function} (${where})` : where;
}
