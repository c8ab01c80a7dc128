import { once } from "node:events";
import { pino } from "pino";
import { wire } from "../mix.js";

/**
 * pino at its fastest: no bindings, no time of its own; the record is the line, with `level` before.
 */
export async function open(path, runId, { worker = false, sync, minLength }) {
  const destination = worker
    ? pino.transport({ target: "pino/file", options: { destination: path } })
    : pino.destination({ dest: path, sync, minLength });
  const log = pino({ base: null, timestamp: false }, destination);
  if (worker || !sync) await once(destination, "ready");
  return {
    record: (i) => log.info(wire(runId, i)),
    async close() {
      if (sync) return destination.flushSync();
      const closed = once(destination, "close");
      destination.end();
      await closed;
    },
  };
}
