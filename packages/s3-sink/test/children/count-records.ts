// Reads a log, and says how much there was: run with a small heap, to see that reading needs no more.
import { s3Source } from "../../src/index.ts";

const { url, options } = JSON.parse(process.argv[2] ?? "{}");
let [records, lastStep, outOfOrder] = [0, 0, 0];
for await (const item of s3Source(url, options).readAll()) {
  if (item.type === "bad_line") throw new Error(item.reason);
  if (item.step < lastStep) outOfOrder++;
  lastStep = item.step;
  records++;
}
console.log(JSON.stringify({ records, outOfOrder }));
