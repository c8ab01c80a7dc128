import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("../../../../docs/s3.md", import.meta.url));

/** The statements that the documentation has for an engine, in its order. */
export function documentedSql(engine: "duckdb" | "clickhouse"): string[] {
  const text = readFileSync(page, "utf8").replaceAll("\r\n", "\n");
  const blocks = text.matchAll(new RegExp(`^\`\`\`sql ${engine}\\n(.*?)^\`\`\``, "gms"));
  return [...blocks].map(([, sql = ""]) => sql.trim().replace(/;$/, ""));
}
