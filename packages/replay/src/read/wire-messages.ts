import type { Json, WireCallRecord } from "@step-log/core";

/** What a model was sent, out of the request as it went over the wire. */
export interface WireRequestBody {
  /** The exchange that it is of. */
  readonly call: WireCallRecord;
  /** The body of the request, `null` where it is no JSON or was cut. */
  readonly body: Json;
  /** Its messages: `messages`, `input` or `contents`, as the provider calls them. */
  readonly messages: readonly Json[] | null;
  /** What stands before them: `system`, `instructions` or `systemInstruction`. */
  readonly instructions: Json;
  /** The tools that it was offered. */
  readonly tools: readonly Json[] | null;
}

// In the requests of Anthropic, OpenAI (chat; responses), Gemini and Bedrock's Converse.
const MESSAGES = ["messages", "input", "contents"];
const INSTRUCTIONS = ["system", "instructions", "systemInstruction", "system_instruction"];

/** Reads the request of an exchange. */
export function wireRequestBody(call: WireCallRecord): WireRequestBody {
  const body = bodyOf(call);
  const messages = firstOf(body, MESSAGES);
  const { tools, toolConfig } = objectOf(body);
  const offered = tools ?? objectOf(toolConfig)["tools"];
  return {
    call,
    body,
    messages: typeof messages === "string" ? [messages] : listOf(messages),
    instructions: firstOf(body, INSTRUCTIONS) ?? null,
    tools: listOf(offered),
  };
}

function bodyOf({ request }: WireCallRecord): Json {
  const body = objectOf(objectOf(request)["body"]);
  const { encoding, data } = body;
  if (encoding !== "utf8" || typeof data !== "string") return null;
  try {
    return JSON.parse(data);
  } catch {
    return null; // no JSON, or cut
  }
}

function firstOf(body: Json, keys: readonly string[]): Json | undefined {
  const object = objectOf(body);
  return keys.map((key) => object[key]).find((value) => value !== undefined && value !== null);
}

function listOf(value: unknown): readonly Json[] | null {
  return Array.isArray(value) ? value : null;
}

/** The keys of an object, none of any other value. */
function objectOf(value: unknown): Readonly<Record<string, Json | undefined>> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, Json>) : {};
}
