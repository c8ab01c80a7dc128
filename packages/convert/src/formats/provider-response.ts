import type { Format, FormatOutput, FormatReader } from "../import/format.ts";
import { type Foreign, fields, isObject, list, text, unixSeconds } from "../records/foreign.ts";
import { responseCall } from "../records/response-call.ts";

/**
 * Responses of Anthropic's Messages API and of OpenAI's APIs, as documents or as the events of a
 * stream, one a line. Each response is a call; the output of it an event.
 */
export const providerResponse: Format = {
  name: "provider-response",
  recognises: (value) => isResponse(fields(value)) || isStreamEvent(fields(value)),
  read: (output) => new ResponseReader(output),
};

const EVENT =
  /^(?:message_(?:start|delta|stop)|content_block_(?:start|delta|stop)|response\..+|session\..+|error)$/;

function isResponse(value: Foreign): boolean {
  const { type, object, content, output, choices, error, usage, text: said } = value;
  if (type === "message" && Array.isArray(content))
    return "usage" in value || "stop_reason" in value;
  if (object === "response" && Array.isArray(output)) return true;
  if (Array.isArray(choices) && fields(choices[0])["delta"] === undefined)
    return "model" in value && "id" in value;
  if (typeof said === "string") return isObject(usage); // a transcription
  return isObject(error) && Object.keys(value).length === 1;
}

function isStreamEvent({ type, choices, object, model }: Foreign): boolean {
  if (typeof type === "string" && EVENT.test(type)) return true;
  return (
    Array.isArray(choices) &&
    (object === undefined || typeof object === "string") &&
    typeof model === "string"
  );
}

class ResponseReader implements FormatReader {
  readonly #output: FormatOutput;
  // The response that a stream is about, put together of its events.
  #open: Record<string, unknown> | undefined;

  constructor(output: FormatOutput) {
    this.#output = output;
  }

  take(value: unknown): void {
    const event = fields(value);
    const { type, message, response, delta, usage, choices } = event;
    if (isResponse(event)) {
      this.#record(event);
      this.#run().event(null, "response", value);
      return;
    }
    if (type === "message_start") this.#begin(message);
    else if (type === "message_delta") this.#merge({ ...fields(delta), usage });
    else if (type === "message_stop") this.#close();
    else if (isObject(response)) {
      this.#merge(response);
      if (/^response\.(?:completed|failed|incomplete)$/.test(String(type))) this.#close();
    } else if (Array.isArray(choices)) this.#merge(withoutEmpty(event));
    this.#run().event(null, text(type) ?? "chunk", value);
  }

  end(): void {
    this.#close();
  }

  #run() {
    return this.#output.run(this.#output.name, () => ({
      ts: null,
      header: { metadata: { format: "provider-response" } },
    }));
  }

  #begin(message: unknown): void {
    // Some proxies send the beginning twice.
    if (fields(message)["id"] !== this.#open?.["id"]) this.#close();
    this.#merge(fields(message));
  }

  /** What comes later counts; of the usage each count by itself, since deltas have only some. */
  #merge(part: Foreign): void {
    const usage = { ...fields(this.#open?.["usage"]), ...fields(part["usage"]) };
    const choices = mergedChoices(list(this.#open?.["choices"]), list(part["choices"]));
    this.#open = {
      ...this.#open,
      ...part,
      ...(Object.keys(usage).length > 0 ? { usage } : {}),
      ...(choices.length > 0 ? { choices } : {}),
    };
  }

  #close(): void {
    const response = this.#open;
    this.#open = undefined;
    if (response !== undefined) this.#record(response);
  }

  #record(response: Foreign): void {
    const { error, created_at, created } = response;
    const ts = unixSeconds(created_at ?? created);
    const failure = text(fields(error)["message"]) ?? text(error);
    this.#run().llmCall(ts === 0 ? null : ts, {
      ...responseCall(response),
      ...(failure === null ? {} : { error: failure }),
    });
  }
}

function withoutEmpty(event: Foreign): Foreign {
  return Object.fromEntries(
    Object.entries(event).filter(([, value]) => value !== "" && value !== null && value !== 0),
  );
}

/** The choice whose reason is told; what was said stands in the events. */
function mergedChoices(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.some((it) => typeof fields(it)["finish_reason"] === "string") ? after : before;
}
