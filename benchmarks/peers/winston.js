import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import winston from "winston";
import { wire } from "../mix.js";

/** winston with its JSON format and its file transport; it adds `level` and `message`. */
export function open(path, runId) {
  const file = new winston.transports.File({ filename: path });
  const log = winston.createLogger({ format: winston.format.json(), transports: [file] });
  return {
    record: (i) => log.log({ level: "info", message: "", ...wire(runId, i) }),
    async close() {
      // It fails with "write after end" when it is ended while records are on their way through it.
      while (log.writableLength + log.readableLength > 0) await nextTurn();
      const finished = once(file, "finish");
      log.end();
      await finished;
    },
  };
}
