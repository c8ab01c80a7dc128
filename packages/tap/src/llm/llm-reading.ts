import { awsEventDecoder } from "./aws-event-decoder.ts";
import type { EventDecoder } from "./event-decoder.ts";
import { fields, text } from "./fields.ts";
import type { LlmApi } from "./llm-api.ts";
import { type LlmFacts, noFacts } from "./llm-facts.ts";
import { errorText } from "./openai-chat.ts";
import { sseDecoder } from "./sse-decoder.ts";

/** Reads one call of a model out of its response, as it comes. May throw. */
export interface LlmReading {
  readonly facts: LlmFacts;
  /** Whether the body is read as it comes; else `body` wants all of it. */
  readonly isStream: boolean;
  /** Takes the next bytes of a stream. */
  push(chunk: Uint8Array): void;
  /** Takes a whole body that is no stream. */
  body(json: string): void;
}

/** Begins to read a response of an API. */
export function llmReading(api: LlmApi, model: string | null, response: Response): LlmReading {
  const facts = noFacts(model);
  const failed = !response.ok;
  if (!failed) api.readHeaders?.(response.headers, facts);
  const type = response.headers.get("content-type") ?? "";

  function take(message: unknown, event?: string): void {
    if (event === "error") facts.error ??= errorText(fields(message)["error"]) ?? "error";
    api.read(fields(message), facts, event);
  }

  function onEvent(data: string, event: string | undefined): void {
    if (data.startsWith("[DONE]")) facts.isComplete = true;
    // Most events are a few characters of output, of which nothing is needed.
    else if (!facts.hasOutput || api.telling === undefined || api.telling.test(data)) {
      take(JSON.parse(data), event);
    }
  }

  const decoder = failed ? undefined : decoderFor(type, onEvent);
  return {
    facts,
    isStream: decoder !== undefined,
    push: (chunk) => decoder?.push(chunk),
    body(json) {
      // Gemini streams a list of messages, unless it is asked for events.
      for (const message of [JSON.parse(json)].flat()) {
        if (failed) facts.error ??= failureIn(message);
        else take(message);
      }
    },
  };
}

function decoderFor(
  type: string,
  onEvent: Parameters<typeof sseDecoder>[0],
): EventDecoder | undefined {
  if (type.startsWith("text/event-stream")) return sseDecoder(onEvent);
  if (type.startsWith("application/vnd.amazon.eventstream")) return awsEventDecoder(onEvent);
  return undefined;
}

/** What the body of a refusal says. */
function failureIn(message: unknown): string | null {
  const { error, detail, ...said } = fields(message);
  return errorText(error) ?? errorText(said) ?? text(said["Message"]) ?? text(detail);
}
