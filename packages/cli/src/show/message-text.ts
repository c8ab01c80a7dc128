import type { Json } from "@step-log/core";
import { brief } from "./brief.ts";
import { field, textField } from "./fields.ts";

/**
 * What a message of a conversation says, in one line: `user: why is it red?`, `assistant: calls search`;
 * `undefined` for a value that is none. Anthropic's and OpenAI's kinds of parts are known.
 */
export function messageText(value: Json | undefined): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const role = textField(value, "role");
  const content = field(value, "content");
  if (role === null || content === undefined) return undefined;
  const parts: readonly Json[] = Array.isArray(content) ? content : [content];
  const text = parts.slice(0, MAX_PARTS).map(partText).filter(Boolean).join(" · ");
  return `${role}: ${text}`;
}

// More than a line has room for.
const MAX_PARTS = 5;

function partText(part: Json): string {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return brief(part);
  const text = textField(part, "text") ?? textField(part, "thinking");
  const type = textField(part, "type") ?? "";
  if (text !== null) return type === "thinking" ? `(thinking) ${brief(text)}` : brief(text);
  const name = textField(part, "name");
  if (name !== null) return `calls ${name}`;
  if (/result/i.test(type))
    return `result: ${brief(field(part, "content") ?? field(part, "output"))}`;
  return type === "" ? brief(part) : `(${type})`;
}
