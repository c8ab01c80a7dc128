import { AsyncLocalStorage } from "node:async_hooks";
import type { RunContext } from "./run-context.ts";

/** Where the current run is kept. */
export interface RunStorage {
  readonly current: AsyncLocalStorage<RunContext | undefined>;
  /** The contexts whose run has a log already. */
  readonly begun: WeakSet<RunContext>;
}

// On globalThis under a registered symbol, so that several copies of this package share one.
const STORAGE = Symbol.for("step-log.run-id.storage");

/** The one storage of this process, or of this worker thread. */
export const runStorage: RunStorage = shared();

function shared(): RunStorage {
  const known: RunStorage | undefined = Reflect.get(globalThis, STORAGE);
  if (known !== undefined) return known;
  const storage: RunStorage = { current: new AsyncLocalStorage(), begun: new WeakSet() };
  Reflect.set(globalThis, STORAGE, storage);
  return storage;
}
