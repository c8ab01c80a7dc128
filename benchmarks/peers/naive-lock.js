import { appendFile, writeFile } from "node:fs/promises";
import lockfile from "proper-lockfile";
import { wire } from "../mix.js";

/** proper-lockfile as its README shows it: a lock for each record, one record after the other. */
export async function open(path, runId) {
  await writeFile(path, "", { flag: "a" }); // it locks only what is there
  let chain = Promise.resolve();
  return {
    record(i) {
      const line = `${JSON.stringify(wire(runId, i))}\n`;
      chain = chain.then(async () => {
        const release = await lockfile.lock(path, { retries: 1000 });
        await appendFile(path, line);
        await release();
      });
    },
    close: () => chain,
  };
}
