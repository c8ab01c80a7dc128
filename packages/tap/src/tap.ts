import type { WireCallRecord } from "@step-log/core";
import type { Fetch } from "./fetch.ts";
import type { LlmLog } from "./llm/record-llm-call.ts";

/** How a tap stands. */
export interface TapStats {
  /** Calls of `fetch` seen. */
  readonly calls: number;
  /** Of these, those that have not ended. */
  readonly open: number;
  /** Records handed to the sink. */
  readonly recorded: number;
  /** Records that were lost, since they could not be made or the sink threw. */
  readonly dropped: number;
  /** Problems inside the tap, none of which a call noticed. */
  readonly failures: number;
  /** Responses with a body that could not be seen: frozen ones, and what is no `Response`. */
  readonly unseen: number;
  /** Records of which a part was cut. */
  readonly truncated: number;
}

/** A part of what a tap sees. */
export interface TapSession {
  /** The exchanges that ended since it began, oldest first, until `end`; bounded as `Tap.all`. */
  all(): readonly WireCallRecord[];
  /** Ends it; what it has stays. */
  end(): void;
  [Symbol.dispose](): void;
}

/** Sees what goes through `fetch`. */
export interface Tap {
  /** For the `fetch` option of an SDK. */
  readonly fetch: Fetch;
  /** The exchange that ended last. */
  readonly last: WireCallRecord | undefined;
  /** The last exchanges that ended, oldest first. */
  all(): readonly WireCallRecord[];
  /** Forgets them. */
  reset(): void;
  /** Collects the exchanges that end from now on. */
  session(): TapSession;
  /** A `fetch` that sends through another one, of undici, of a proxy, of a test. */
  wrap(fetch: Fetch): Fetch;
  /**
   * Takes the place of `fetch` in an object, until the function that it gives is called. Calls of
   * `tap.fetch` are not seen twice.
   *
   * @param target Default: `globalThis`.
   */
  intercept(target?: { fetch: Fetch }): () => void;
  /**
   * Records each call of a model as an `llm_call`, with tokens, stop reason and timings, until the
   * function that it gives is called.
   *
   * @param log The log, or what finds that of the current run, when a call begins.
   */
  recordInto(log: LlmLog | (() => LlmLog | undefined)): () => void;
  stats(): TapStats;
  /**
   * Resolves when all exchanges that have ended are recorded, and their sink is flushed. Those that go
   * on are not waited for.
   *
   * @throws StepLogError of the sink.
   */
  flush(): Promise<void>;
}
