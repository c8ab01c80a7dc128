import { awsEventDecoder } from "./aws-event-decoder.ts";
import type { EventDecoder } from "./event-decoder.ts";
import { fields, text } from "./fields.ts";
import type { LlmApi } from "./llm-api.ts";
import { type LlmFacts, noFacts } from "./llm-facts.ts";
import { errorText } from "./openai-chat.ts";
import { sseDecoder } from "./sse-decoder.ts";

/** Reads one call of a model out of its response, as it comes. Never throws. */
export interface LlmReading {
  readonly facts: LlmFacts;
  /** Whether the body is read as it comes; else `body` wants all of it. */
  readonly isStream: boolean;
  /** Takes the next bytes of a stream. */
  push(chunk: Uint8Array): void;
  /** Takes a whole body that is no stream. */
  body(json: string): void;
}

/**
 * Begins to read a response of an API. What is not JSON is passed over.
 *
 * @param guard Runs what may throw, and counts it.
 */
export function llmReading(
  api: LlmApi,
  model: string | null,
  response: Response,
  guard: (fn: () => void) => void,
): LlmReading {
  const facts = noFacts(model);
  const isRefusal = !response.ok;
  if (!isRefusal) guard(() => api.readHeaders?.(response.headers, facts));
  const type = response.headers.get("content-type") ?? "";
  let decoder = isRefusal ? undefined : decoderFor(type, onEvent);

  function take(message: unknown, event?: string): void {
    if (event === "error") facts.error ??= errorText(fields(message)["error"]) ?? "error";
    guard(() => api.read(fields(message), facts, event));
  }

  function onEvent(data: string, event: string | undefined): void {
    if (data.startsWith("[DONE]")) facts.isComplete = true;
    // Most events are a few characters of output, of which nothing is needed.
    else if (!facts.hasOutput || api.telling === undefined || api.telling.test(data)) {
      const message = parsed(data);
      if (message !== undefined) take(message, event);
    }
  }

  return {
    facts,
    isStream: decoder !== undefined,
    push(chunk) {
      guard(() => {
        const current = decoder;
        decoder = undefined; // given up, unless it takes this
        current?.push(chunk);
        decoder = current;
      });
    },
    body(json) {
      // Gemini streams a list of messages, unless it is asked for events.
      for (const message of [parsed(json)].flat()) {
        if (isRefusal) facts.error ??= refusalIn(message);
        else take(message);
      }
    },
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
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
function refusalIn(message: unknown): string | null {
  const { error, detail, ...said } = fields(message);
  return errorText(error) ?? errorText(said) ?? text(said["Message"]) ?? text(detail);
}
