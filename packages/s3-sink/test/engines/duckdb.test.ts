import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type LightS3, lightS3 } from "@step-log/s3-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Compression, compact, s3Sink } from "../../src/index.ts";
import { optionsFor } from "../support/store-of.ts";
import { documentedSql } from "./documented-sql.ts";
import { type WrittenRuns, writeRuns } from "./written-runs.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-duckdb-"));
let server: LightS3;

beforeAll(async () => {
  server = await lightS3();
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** Asks DuckDB what the documentation says, of the objects below a prefix, as files of a folder. */
async function ask(prefix: string): Promise<Record<string, unknown>[][]> {
  for (const key of server.keys().filter((it) => it.startsWith(prefix))) {
    const file = join(folder, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, server.object(key)?.body ?? "");
  }
  // Nothing may be fetched from anywhere.
  const offline = { autoinstall_known_extensions: "false", autoload_known_extensions: "false" };
  const db = await DuckDBInstance.create(":memory:", offline);
  const connection = await db.connect();
  const results: Record<string, unknown>[][] = [];
  const totals = `SELECT count(*) AS records, count(DISTINCT run_id) AS runs,
    sum(input_tokens) AS input_tokens, list_sort(list(DISTINCT run_id)) AS run_ids FROM steps`;
  for (const sql of [...documentedSql("duckdb"), totals]) {
    const local = sql.replaceAll("s3://my-bucket/logs/", `${folder}/${prefix}`);
    results.push((await connection.runAndReadAll(local)).getRowObjectsJson());
  }
  connection.closeSync();
  db.closeSync();
  return results;
}

function expectFound([, tools, totals]: Record<string, unknown>[][], written: WrittenRuns) {
  expect(
    tools?.map((row) => ({ ...row, calls: Number(row["calls"]), errors: Number(row["errors"]) })),
  ).toEqual(written.tools);
  expect(totals).toEqual([
    {
      records: String(written.records),
      runs: String(written.runIds.length),
      input_tokens: String(written.inputTokens),
      run_ids: written.runIds,
    },
  ]);
}

describe.each<Compression>(["gzip", "none"])("%s", (compression) => {
  const prefix = `${compression}/`;
  let written: WrittenRuns;

  beforeAll(async () => {
    const sink = s3Sink(`s3://logs/${prefix}`, {
      ...optionsFor(server),
      compression,
      partBytes: 1_024,
    });
    written = await writeRuns(sink, 20);
    await sink.close();
  });

  test("finds in the parts what was written", async () => {
    expect(server.keys().filter((key) => key.startsWith(prefix)).length).toBeGreaterThan(40);
    expectFound(await ask(prefix), written);
  });

  test("finds in the packs what was written", async () => {
    await compact(`s3://logs/${prefix}`, { ...optionsFor(server), closedForMs: 0 });
    expectFound(await ask(`${compression}-compact/`), written);
  });
});
