/** A sink as the end of the process sees it. */
export interface Ending {
  /** Whether something is not stored yet. */
  isPending(): boolean;
  /** What can be done while there is an event loop; does not reject. */
  beforeExit(): Promise<void>;
  /** What can be done without. */
  atExit(): void;
}

const endings = new Set<Ending>();
// Those that were given their chance and still have something pending.
const tried = new WeakSet<Ending>();

/** Has a sink told of the end of the process, until the returned function is called. */
export function watchExit(ending: Ending): () => void {
  // One listener of each kind for all sinks, and none for signals: those are the program's.
  if (endings.size === 0) {
    process.on("beforeExit", beforeExit);
    process.on("exit", atExit);
  }
  endings.add(ending);
  return () => {
    endings.delete(ending);
    if (endings.size > 0) return;
    process.removeListener("beforeExit", beforeExit);
    process.removeListener("exit", atExit);
  };
}

function beforeExit(): void {
  for (const ending of endings) {
    if (!ending.isPending() || tried.has(ending)) continue;
    tried.add(ending);
    void ending.beforeExit();
  }
}

function atExit(): void {
  for (const ending of endings) {
    try {
      ending.atExit();
    } catch {
      // The others have theirs to do, and the program its exit code.
    }
  }
}
