import type { Sink } from "@step-log/core";
import type { CaseContext, SkippedCase } from "./conformance-case.ts";
import type { StoreContent } from "./stored-line.ts";

/** The members of `Sink` that a sink may leave out. */
export const OPTIONAL_MEMBERS = ["flushSync", "stats", "onError", "lastStep"] as const;

/** A member of `Sink` that a sink may leave out. */
export type OptionalMember = (typeof OPTIONAL_MEMBERS)[number];

/** Makes the store of a sink fail and come back, both any number of times. */
export interface SinkFaults<S extends Sink = Sink> {
  /** From when it is done, nothing can be stored. */
  break(sink: S, context: CaseContext): void | Promise<void>;
  /** From when it is done, everything can be stored again. */
  mend(sink: S, context: CaseContext): void | Promise<void>;
  /**
   * How long a `flush` of the broken store may go on before the kit aborts it, in milliseconds;
   * enough for a sink to try and fail. Default: 250.
   */
  readonly waitMs?: number;
}

/** What `sinkCases` takes. */
export interface SinkCasesOptions<S extends Sink = Sink> {
  /** Makes the sink on an empty store of its own, told apart from others by `context.id`. */
  create(context: CaseContext): S | Promise<S>;
  /** Everything in the store of this sink; called while the sink is open and when it is closed. */
  read(sink: S, context: CaseContext): StoreContent | Promise<StoreContent>;
  /** How to make the store fail, or the reason why it cannot be made to: `{ none: "an array cannot fail" }`. */
  readonly faults: SinkFaults<S> | { readonly none: string };
  /** The optional members that the sink has. Default: none. */
  readonly optional?: readonly OptionalMember[];
  /** Paths or keys that were written outside the store, for the case of hostile run ids. */
  escaped?(sink: S, context: CaseContext): Iterable<string> | Promise<Iterable<string>>;
  /** Cases that do not apply, each with the reason. */
  readonly skip?: readonly SkippedCase[];
  /** How long the sink may take to settle any one call, in milliseconds. Default: 20,000. */
  readonly timeoutMs?: number;
}
