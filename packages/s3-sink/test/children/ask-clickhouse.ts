// Runs statements on ClickHouse in this process, and prints the rows of the last one. A process of its
// own, since after s3() the engine does not survive a process.exit(), which test runners call.
import { createRequire } from "node:module";

interface Chdb {
  readonly Session: new () => {
    query(sql: string, format: string): unknown;
    close(): void;
  };
}

const { engine, statements } = JSON.parse(process.argv[2] ?? "{}") as {
  engine: string;
  statements: string[];
};
const { Session } = createRequire(engine)("chdb") as Chdb;
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
