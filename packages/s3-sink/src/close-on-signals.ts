const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Has SIGTERM and SIGINT close what is to be closed, and then end the process as they would have done;
 * with other listeners for them, ending it is those listeners' affair. Until the returned function is called.
 *
 * @param close Must settle in the time that there is: ECS kills after 30 s, Kubernetes as its grace
 * period says.
 */
export function closeOnSignals(close: () => Promise<void>): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    stop();
    close()
      .catch(() => {}) // told by the sink, and at the exit
      .finally(() => {
        if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
      });
  };
  const stop = () => {
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return stop;
}
