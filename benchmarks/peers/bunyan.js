import { once } from "node:events";
import { createWriteStream } from "node:fs";
import bunyan from "bunyan";
import { wire } from "../mix.js";

/** bunyan over a file stream; it adds `name`, `hostname`, `pid`, `level`, `msg`, `time` and `v`. */
export async function open(path, runId) {
  const stream = createWriteStream(path, { flags: "a" });
  await once(stream, "open");
  const log = bunyan.createLogger({ name: "bench", streams: [{ stream }] });
  return {
    record: (i) => log.info(wire(runId, i)),
    async close() {
      stream.end();
      await once(stream, "close");
    },
  };
}
