import { StepLogError, type StepLogErrorCode } from "./errors.ts";
import { safe } from "./safe.ts";

/** Hears of problems as they happen. */
export type ErrorListener = (error: StepLogError) => void;

/** Those who want to hear of a sink's problems. */
export interface ErrorListeners {
  /** Adds a listener; the returned function takes it away again. */
  listen(listener: ErrorListener): () => void;
  /**
   * Tells each function once, however often it was added; without any, and where one of them meets
   * a problem itself, it warns on stderr, once for each code. Never throws.
   */
  tell(error: StepLogError): void;
}

/** Keeps the listeners of one sink; what a sink's `onError` is made of. */
export function errorListeners(first?: ErrorListener): ErrorListeners {
  const listeners = new Set<{ readonly call: ErrorListener }>();
  let telling = false;
  const listen = (call: ErrorListener) => {
    const listener = { call };
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  if (first !== undefined) listen(first);
  return {
    listen,
    tell(error) {
      // A listener that records what it hears may meet the same problem again, and again.
      if (telling || listeners.size === 0) return warnOnce(error);
      telling = true;
      for (const call of new Set([...listeners].map((listener) => listener.call))) {
        // For those that throw and for those whose promise rejects.
        new Promise((resolve) => resolve(call(error))).catch(warnOfListener);
      }
      telling = false;
    },
  };
}

const hubs = new WeakMap<ErrorListener, ErrorListeners>();

/** Those of which `listener` is the first: the same each time, so that logs which share it tell it once. */
export function sharedListeners(listener: ErrorListener): ErrorListeners {
  const hub = hubs.get(listener) ?? errorListeners(listener);
  hubs.set(listener, hub);
  return hub;
}

function warnOfListener(cause: unknown): void {
  warnOnce(new StepLogError("CALLBACK_FAILED", "an onError listener threw", { cause }));
}

const warned = new Set<StepLogErrorCode>();

/** Warns on stderr, once for each code in the life of the process. Never throws. */
function warnOnce(error: StepLogError): void {
  if (warned.has(error.code)) return;
  warned.add(error.code);
  try {
    console.warn(
      `step-log: ${safe(error.message)} [${error.code}; further ones of this kind are not shown]`,
    );
  } catch {
    // A console that throws must not reach the agent.
  }
}
