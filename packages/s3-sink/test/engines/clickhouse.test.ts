import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CEPH, LIGHT, type ServerUnderTest } from "@step-log/s3-servers";
import { beforeAll, describe, expect, test } from "vitest";
import { compact, s3Sink } from "../../src/index.ts";
import { start } from "../child.ts";
import { optionsFor } from "../support/store-of.ts";
import { useServer } from "../support/use-server.ts";
import { documentedSql } from "./documented-sql.ts";
import { type WrittenRuns, writeRuns } from "./written-runs.ts";

// Not among the dependencies of this package, since it takes 540 MB.
const engine = fileURLToPath(new URL("clickhouse/", import.meta.url));
const isHere =
  existsSync(join(engine, "node_modules/chdb")) || process.env["STEP_LOG_REQUIRE_SERVERS"] === "1";
const engineMissing = isHere
  ? undefined
  : "not here: chdb; npm install --no-package-lock --prefix packages/s3-sink/test/engines/clickhouse (540 MB)";

describe.each<ServerUnderTest>([LIGHT, CEPH])("over $name", ({ missing, ...underTest }) => {
  const reason = missing ?? engineMissing;
  const server = useServer({ ...underTest, missing: reason });
  let written: WrittenRuns;

  beforeAll(async () => {
    if (reason !== undefined) return;
    const sink = s3Sink("s3://logs/runs/", { ...optionsFor(server()), partBytes: 1_024 });
    written = await writeRuns(sink, 20);
    await sink.close();
  });

  /** Runs what the documentation says, and one statement more. */
  async function ask(prefix: string, last: string): Promise<Record<string, unknown>[]> {
    const { url, accessKeyId, secretAccessKey } = server();
    const statements = documentedSql("clickhouse").map((sql) =>
      sql
        .replace("https://my-bucket.s3.us-east-1.amazonaws.com/logs/", `${url}/logs/${prefix}`)
        .replace("'KEY', 'SECRET'", `'${accessKeyId}', '${secretAccessKey}'`),
    );
    const child = start("ask-clickhouse", { engine, statements: [...statements, last] });
    const { code } = await child.ended;
    expect({ code, stderr: child.stderr() }).toMatchObject({ code: 0 });
    return JSON.parse(child.lines.at(-1) ?? "[]");
  }

  const totals = (table: string) =>
    `SELECT toUInt32(count()) AS records, toUInt32(uniqExact(run_id)) AS runs,
     toUInt32(sum(input_tokens)) AS input_tokens, arraySort(groupUniqArray(run_id)) AS run_ids FROM ${table}`;
  const expected = () => [
    {
      records: written.records,
      runs: written.runIds.length,
      input_tokens: written.inputTokens,
      run_ids: written.runIds,
    },
  ];

  test("finds in the parts what was written", async () => {
    expect(await ask("runs/", totals("steps"))).toEqual(expected());
    const tools = documentedSql("clickhouse").find((sql) => sql.startsWith("SELECT tool")) ?? "";
    const rows = await ask("runs/", tools);
    expect(
      rows.map((row) => ({ ...row, calls: Number(row["calls"]), errors: Number(row["errors"]) })),
    ).toEqual(written.tools);
  });

  test("finds the same in a table of its own", async () => {
    expect(await ask("runs/", totals("steps_local FINAL"))).toEqual(expected());
  });

  test("finds in the packs what was written", async () => {
    await compact("s3://logs/runs/", { ...optionsFor(server()), closedForMs: 0 });
    expect(await ask("runs-compact/", totals("steps"))).toEqual(expected());
  });
});
