// Runs statements on ClickHouse in this process, and prints the rows of the last one. A process of its
// own, since after s3() the engine does not survive a process.exit(), which test runners call.
import { createRequire } from "node:module";

const { Session } = createRequire(import.meta.url)("chdb") as typeof import("chdb");
const { statements } = JSON.parse(process.argv[2] ?? "{}") as { statements: string[] };
const session = new Session();
let rows = "";
for (const statement of statements) rows = String(session.query(statement, "JSONEachRow"));
console.log(
  JSON.stringify(
    rows
      .split("\n")
      .filter(Boolean)
      .map((row) => JSON.parse(row)),
  ),
);
session.close();
