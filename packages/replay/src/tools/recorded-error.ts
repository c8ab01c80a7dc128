import type { ErrorContext, ToolCallRecord } from "@step-log/core";
import { fieldOf, textOf } from "../run/fields.ts";

const BUILT_IN = { TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError };
// As many as a log of ours has.
const MAX_CAUSES = 4;

/** The error that a recorded call had ended in: same message, name, code and causes, another stack. */
export function recordedError(record: ToolCallRecord): Error {
  const context = fieldOf(record, "error_context");
  const message = textOf(record, "error") ?? "the tool failed";
  if (typeof context !== "object" || context === null) return new Error(message);
  return errorOf(context as ErrorContext, message, MAX_CAUSES);
}

function errorOf(context: object, fallback: string, causes: number): Error {
  const type = textOf(context, "type") ?? "Error";
  const cause = fieldOf(context, "cause");
  const hasCause = causes > 0 && typeof cause === "object" && cause !== null;
  const options = hasCause ? { cause: errorOf(cause, "", causes - 1) } : undefined;
  const Class = Object.hasOwn(BUILT_IN, type) ? BUILT_IN[type as keyof typeof BUILT_IN] : Error;
  const error = new Class(textOf(context, "message") ?? fallback, options);
  // As the classes of a program do it: neither is listed among the keys.
  if (error.name !== type)
    Object.defineProperty(error, "name", { value: type, configurable: true });
  const code = textOf(context, "code");
  if (code !== null) Object.assign(error, { code });
  return error;
}
