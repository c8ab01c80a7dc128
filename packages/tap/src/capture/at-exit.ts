interface ProcessLike {
  on?(event: "exit", listener: () => void): void;
}

const waiting = new Set<() => void>();
let isListening = false;

/**
 * Has `drain` called when the process exits, where the host tells of that, until the function that it
 * gives is called. One listener serves all.
 */
export function atExit(drain: () => void): () => void {
  waiting.add(drain);
  if (!isListening) {
    isListening = true;
    const { process } = globalThis as { process?: ProcessLike };
    process?.on?.("exit", () => {
      for (const each of waiting) each();
    });
  }
  return () => void waiting.delete(drain);
}
