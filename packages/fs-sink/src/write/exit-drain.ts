/** What is to be done when the process exits. */
export interface Drainable {
  drainAtExit(): void;
}

const drainables = new Set<Drainable>();

/** Has `drainAtExit` called at the exit of the process, until the returned function is called. */
export function onExit(drainable: Drainable): () => void {
  // One listener for all, and none for signals: those are the program's.
  if (drainables.size === 0) process.on("exit", drainAll);
  drainables.add(drainable);
  return () => {
    drainables.delete(drainable);
    if (drainables.size === 0) process.removeListener("exit", drainAll);
  };
}

function drainAll(): void {
  for (const drainable of drainables) {
    try {
      drainable.drainAtExit();
    } catch {
      // The others have theirs to write, and the program its exit code.
    }
  }
}
