import type { WireOutcome } from "@step-log/core";
import type { FetchInit, FetchInput } from "../fetch.ts";
import type { LlmTarget } from "../llm/api-finder.ts";
import { type LlmReading, llmReading } from "../llm/llm-reading.ts";
import { modelInBody } from "../llm/model-in-body.ts";
import { observeResponse } from "../observe/observe-response.ts";
import type { BodyObserver } from "../observe/observed-stream.ts";
import { type ObservedBody, observeRequestBody } from "../observe/request-body.ts";
import type { WireLink } from "../tap-options.ts";
import { BodyCopy, type CopyBudget } from "./body-copy.ts";

/** What exchanges share. */
export interface ExchangeContext {
  readonly maxBodyBytes: number;
  readonly budget: CopyBudget;
  /** The API of a model that a `POST` to a URL calls, if it is one. */
  apiAt(url: string): LlmTarget | undefined;
  /** Runs something that must not fail the call; what it throws is counted. */
  guard<T>(fn: () => T): T | undefined;
  /** Hears once that the model has said all it will, as soon as it can be told. */
  answered(exchange: Exchange): void;
  /** Hears once of the end of an exchange. */
  ended(exchange: Exchange): void;
}

/** What is kept of a response beside its body. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: Headers;
}

// A whole response is wanted to read its usage. Images in base64 make it some megabytes.
const MAX_READ_BYTES = 8_388_608;

/** One call of `fetch`, from its beginning to the last byte that its consumer reads. */
export class Exchange implements BodyObserver {
  readonly method: string;
  /** `undefined` where the request has no body. */
  readonly requestBody: BodyCopy | undefined;
  /** Settles when the request's body is copied, where that takes time. */
  readonly requestCopied: Promise<void> | undefined;
  /** What to call `fetch` with. */
  readonly init: FetchInit | undefined;
  /** The API of a model that is called, if it is one. */
  readonly target: LlmTarget | undefined;
  /** On the clock of `performance.now`. */
  readonly startedAt: number = performance.now();
  link: WireLink = {};
  attempt = 1;

  response: ResponseHead | undefined;
  /** `undefined` where the response has no body, or none that could be seen. */
  responseBody: BodyCopy | undefined;
  /** Whether there is a body that could not be seen. */
  isUnseen = false;
  reading: LlmReading | undefined;

  headersMs: number | null = null;
  firstByteMs: number | null = null;
  firstTokenMs: number | null = null;
  durationMs: number | null = null;
  /** When it ended, in Unix seconds. */
  endedAt = 0;
  outcome: WireOutcome | undefined;
  /** What was thrown. */
  error: unknown;

  readonly #context: ExchangeContext;
  readonly #headers: FetchInit["headers"];
  readonly #bodyType: string | undefined;
  readonly #url: string;
  #isAnswered = false;
  readonly #signal: AbortSignal | undefined;

  constructor(input: FetchInput, init: FetchInit | undefined, context: ExchangeContext) {
    const request = input instanceof Request ? input : undefined;
    this.#context = context;
    this.method = String(init?.method ?? request?.method ?? "GET").toUpperCase();
    this.#url = request === undefined ? String(input) : request.url;
    const isPost = this.method === "POST";
    this.target = isPost ? context.guard(() => context.apiAt(this.#url)) : undefined;
    this.#headers = copyOf(init?.headers ?? request?.headers);
    this.#signal = init?.signal ?? request?.signal;
    const copy = new BodyCopy(context.maxBodyBytes, context.budget);
    // The last thing that may throw: a stream that was taken has to be handed on.
    const observed: ObservedBody | undefined = context.guard(() =>
      observeRequestBody(input, init, copy),
    );
    this.requestBody = observed && copy;
    this.#bodyType = observed?.type ?? undefined;
    this.requestCopied = observed?.copied;
    this.init = observed?.init ?? init;
  }

  /** Where the call goes; as it was given, where that is no URL. */
  get url(): string {
    return URL.canParse(this.#url) ? new URL(this.#url).href : this.#url;
  }

  /** The headers as they were given, and what `fetch` says of the body where they do not. */
  get requestHeaders(): Headers {
    const headers = new Headers(this.#headers);
    if (this.#bodyType !== undefined && !headers.has("content-type")) {
      headers.set("content-type", this.#bodyType);
    }
    return headers;
  }

  /** The model that the request asks for, as far as can be told. */
  get requestedModel(): string | null {
    return this.target?.model ?? modelInBody(this.requestBody);
  }

  /** Milliseconds since the call. */
  elapsed(): number {
    return performance.now() - this.startedAt;
  }

  /** The response has come; its body is observed from here on. */
  responded(response: Response): void {
    this.headersMs = this.elapsed();
    this.response = headOf(response);
    const isSeen = response.body === null || this.#observe(response);
    this.isUnseen = !isSeen;
    if (!isSeen || response.body === null) this.#end("complete");
  }

  chunk(bytes: Uint8Array): void {
    this.#context.guard(() => {
      this.firstByteMs ??= this.elapsed();
      this.responseBody?.add(bytes);
      const { reading } = this;
      if (reading === undefined || !reading.isStream) return;
      reading.push(bytes);
      const { hasOutput, isComplete, error } = reading.facts;
      if (hasOutput) this.firstTokenMs ??= this.elapsed();
      // Some consumers read no further than this.
      if (isComplete || error !== null) this.#answered();
    });
  }

  ended(): void {
    if (this.responseBody !== undefined) this.responseBody.isWhole = true;
    this.#end("complete");
  }

  failed(error: unknown): void {
    this.error = error ?? String(error);
    // Asking an error may throw, too.
    const isAborted = this.#signal?.aborted || this.#context.guard(() => isAbort(error));
    this.#end(isAborted === true ? "aborted" : "failed");
  }

  cancelled(): void {
    // Some stop reading at the event that says that it was the last.
    this.#end(this.reading?.facts.isComplete ? "complete" : "cancelled");
  }

  /** Ends it for the record alone: nobody knows what comes after. */
  leave(): void {
    this.#end("unfinished");
  }

  #end(outcome: WireOutcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.durationMs = this.elapsed();
    this.endedAt = Date.now() / 1000;
    this.#context.guard(() => this.#readWhole());
    this.#answered();
    this.#context.ended(this);
  }

  #answered(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#context.answered(this);
  }

  /** Whether the body can be observed. */
  #observe(response: Response): boolean {
    const { target } = this;
    const { maxBodyBytes, budget, guard } = this.#context;
    if (target !== undefined) {
      this.reading = guard(() => llmReading(target.api, target.model, response, guard));
    }
    const wantsWhole = this.reading !== undefined && !this.reading.isStream;
    const copyBytes = wantsWhole ? Math.max(maxBodyBytes, MAX_READ_BYTES) : maxBodyBytes;
    this.responseBody = new BodyCopy(copyBytes, budget);
    return guard(() => observeResponse(response, this)) === true;
  }

  #readWhole(): void {
    const { reading, responseBody } = this;
    if (reading === undefined || reading.isStream || responseBody?.isWhole !== true) return;
    const kept = responseBody.kept();
    if (kept.length === responseBody.bytes) reading.body(new TextDecoder().decode(kept));
  }
}

/** What may be no more than the likeness of a response, as tests make them. */
function headOf({ status, statusText, url, headers }: Response): ResponseHead {
  return {
    status: Number.isSafeInteger(status) && status >= 0 ? status : 0,
    statusText: String(statusText ?? ""),
    url: String(url ?? ""),
    headers: headers instanceof Headers ? headers : new Headers(headers ?? undefined),
  };
}

/** Headers may be changed after the call; a copy of a list is the cheapest. */
function copyOf(headers: FetchInit["headers"] | undefined): NonNullable<FetchInit["headers"]> {
  if (headers === undefined) return [];
  return Symbol.iterator in headers ? ([...headers] as [string, string][]) : { ...headers };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
