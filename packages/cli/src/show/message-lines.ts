import type { Json } from "@step-log/core";
import { type Line, span } from "../terminal/line.ts";
import { field, isObject, textField } from "./fields.ts";
import { type ValueOptions, valueLines } from "./value-lines.ts";

/** Writes a message of a conversation without its role, which stands above it: texts as they stand. */
export function* messageLines(message: Json, options: ValueOptions): Generator<Line, void, void> {
  if (!isObject(message)) return yield* valueLines(message, options);
  const { role: _, content, ...rest } = message;
  if (content !== undefined) {
    const parts: readonly Json[] = Array.isArray(content) ? content : [content];
    for (const part of parts) yield* partLines(part, options);
  }
  if (Object.keys(rest).length > 0) yield* valueLines(rest, options);
}

function* partLines(part: Json, options: ValueOptions): Generator<Line, void, void> {
  const isThought = isObject(part) && textField(part, "type") === "thinking";
  const text = isObject(part) ? field(part, isThought ? "thinking" : "text") : part;
  if (typeof text !== "string") return yield* valueLines(part, options);
  if (isThought)
    yield { spans: [span(" ".repeat(options.indent ?? 0)), span("(thinking)", "dim")], hang: 0 };
  yield* valueLines(text, options);
}
