// Follows a log until its first item, leaves, and has nothing more to do.
import { writeSync } from "node:fs";
import { fsSource } from "../../src/read/fs-source.ts";

const { path } = JSON.parse(process.argv[2] ?? "{}") as { path: string };

for await (const item of fsSource(path, { follow: true, pollMs: 3_600_000 }).readAll()) {
  writeSync(1, `${item.type}\n`);
  break;
}
writeSync(1, "left\n");
