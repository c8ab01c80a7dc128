import { type AmbientRun, provideRunContext } from "@step-log/core";
import type { Baggage } from "./baggage.ts";
import { bindGenerator } from "./bind-generator.ts";
import { newRunId } from "./run-id.ts";
import { runStorage } from "./run-storage.ts";
import { checkStartOptions, type StartOptions } from "./start-options.ts";
import { traceIdOf } from "./trace-id.ts";

/** The run that code is part of. Frozen; made by `RunContext.start` and `extract`. */
export interface RunContext {
  readonly runId: string;
  /** The run that began this one. */
  readonly parentRunId?: string;
  /** The step of the parent inside which this run began. */
  readonly parentStep?: number;
  /** Of a context that came from elsewhere, the step that made the call. */
  readonly step?: number;
  /** The first of the runs that led to this one; of a first one, its own id. */
  readonly rootRunId: string;
  /** How many runs led to this one: 0 for a first one. */
  readonly depth: number;
  /** 32 hex digits: `traceIdOf(rootRunId)`, unless the trace was begun elsewhere. */
  readonly traceId: string;
  /** Whether who began the trace wants it recorded by tracers; step-log records anyway. */
  readonly sampled: boolean;
  /** What tracers add to `traceparent`, passed on as it came. */
  readonly traceState?: string;
  /** Passed on to all that this run calls. */
  readonly baggage: Baggage;
  /** Whether the run was begun elsewhere, so that logs of this context are further writers of it. */
  readonly resume: boolean;
}

/** What `RunContext` offers. */
export interface RunContexts {
  /**
   * Makes a context, without entering it: of a child of the current run or of `parent`, else of a first run.
   *
   * @throws TypeError for options that cannot be meant.
   */
  start(options?: StartOptions): RunContext;
  /**
   * Calls `fn` inside the run: what it calls, awaits and starts is part of it, and so is the body of a
   * generator that it gives, wherever that is iterated. Gives what `fn` gives, throws what it throws.
   *
   * @throws TypeError for what is no context.
   */
  run<T>(context: RunContext, fn: () => T): T;
  /** The run that the calling code is part of. */
  current(): RunContext | undefined;
  /**
   * Gives a function that is part of the run in which it was bound, whoever calls it: for listeners, and
   * for tasks that a pool begins.
   */
  bind<This, Args extends readonly unknown[], T>(
    fn: (this: This, ...args: Args) => T,
  ): (this: This, ...args: Args) => T;
}

/**
 * The run that code is part of, over AsyncLocalStorage: `new StepLog({ sink })` inside has its id and
 * parents. Its first log writes the header; later ones are further writers of the same run.
 */
export const RunContext: RunContexts = {
  start(options = {}) {
    checkStartOptions(options);
    const parent = options.parent === null ? undefined : (options.parent ?? RunContext.current());
    const { runId = newRunId(), parentStep = parent?.step } = options;
    const rootRunId = parent?.rootRunId ?? runId;
    return Object.freeze({
      runId,
      ...(parent && { parentRunId: parent.runId }),
      ...(parentStep !== undefined && { parentStep }),
      rootRunId,
      depth: parent === undefined ? 0 : parent.depth + 1,
      traceId: options.traceId ?? parent?.traceId ?? traceIdOf(rootRunId),
      sampled: options.sampled ?? parent?.sampled ?? true,
      ...(parent?.traceState !== undefined && { traceState: parent.traceState }),
      baggage: Object.freeze({ ...parent?.baggage, ...options.baggage }),
      resume: options.resume ?? false,
    });
  },
  run(context, fn) {
    if (typeof context?.runId !== "string") {
      throw new TypeError(`RunContext.run: context must be a RunContext, got ${typeof context}`);
    }
    provideRunContext(ambientRun);
    return enter(context, fn);
  },
  current: () => runStorage.current.getStore(),
  bind(fn) {
    const context = RunContext.current();
    return function (...args) {
      return enter(context, () => Reflect.apply(fn, this, args));
    };
  },
};

function enter<T>(context: RunContext | undefined, fn: () => T): T {
  const { current } = runStorage;
  return bindGenerator(current.run(context, fn), (step) => current.run(context, step));
}

/** The current run as core asks for it. */
function ambientRun(): AmbientRun | undefined {
  const context = runStorage.current.getStore();
  if (context === undefined) return undefined;
  const { runId, parentRunId, rootRunId, parentStep, resume } = context;
  const { begun } = runStorage;
  return {
    runId,
    ...(parentRunId !== undefined && { parentRunId }),
    // A first run has no root in its header, as without a context.
    ...(rootRunId !== runId && { rootRunId }),
    ...(parentStep !== undefined && { parentStep }),
    join() {
      const joins = resume || begun.has(context);
      begun.add(context);
      return joins;
    },
  };
}
