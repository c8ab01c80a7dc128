import type { Fields } from "./fields.ts";
import type { LlmFacts } from "./llm-facts.ts";

/** Reads what a provider's API says of its calls; one object for each API. */
export interface LlmApi {
  /** Short name, such as `anthropic-messages`. */
  readonly name: string;
  /** Whether a `POST` to this URL is a call of a model through this API. */
  matches(url: URL): boolean;
  /** The model that the URL names, where it does. */
  modelIn?(url: URL): string | null;
  /**
   * Takes one JSON message of a response: the body of one that is not streamed, or each event of a
   * stream. May throw; what it had found before stays.
   *
   * @param event Name of the event, where the stream gives it one.
   */
  read(message: Fields, facts: LlmFacts, event: string | undefined): void;
  /** Takes what the headers of a response tell. */
  readHeaders?(headers: Headers, facts: LlmFacts): void;
  /**
   * What stands in every event that tells more than that there is output. Once there was some, other
   * events are passed over without being parsed; without this, none is.
   */
  readonly telling?: RegExp;
}
