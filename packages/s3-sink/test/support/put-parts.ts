import { parseRecord } from "@step-log/core";
import { type ObjectStore, type PartName, partKey, runSlug } from "../../src/index.ts";
import { utcDay } from "../../src/part-key.ts";
import { pack } from "../../src/write/pack.ts";

/** What the key of a part says, as far as it matters to a test. */
export type PartOptions = Partial<Omit<PartName, "slug">> & { readonly prefix?: string };

const signal = AbortSignal.timeout(600_000);

/** Stores one part with its lines, each with its `\n`; gives its key. */
export async function putPart(
  store: ObjectStore,
  runId: string,
  lines: readonly string[],
  { prefix = "", ...options }: PartOptions = {},
): Promise<string> {
  const records = lines.map(parseRecord).filter((it) => it.type !== "bad_line");
  const steps = records.map(({ step }) => step);
  const name: PartName = {
    day: utcDay((records[0]?.ts ?? 0) * 1_000),
    slug: runSlug(runId),
    writer: "0123456789abcdef",
    seq: 0,
    first: Math.min(...steps),
    last: Math.max(...steps),
    compression: "gzip",
    ...options,
  };
  const bytes = Buffer.from(lines.join(""));
  const { compression } = name;
  const { body, sha256 } = await pack(bytes, { compression, effort: "fast", md5: false });
  const key = partKey(prefix, name);
  const metadata = { "sl-format": "1", "sl-sha256": sha256, "sl-count": String(lines.length) };
  await store.put(key, body, { contentType: "application/x-ndjson", metadata, signal });
  return key;
}

/** Stores lines of any runs as a sink would: each run in parts of so many lines. */
export async function putLines(
  store: ObjectStore,
  lines: readonly string[],
  { linesPerPart = 500, ...options }: PartOptions & { readonly linesPerPart?: number } = {},
): Promise<void> {
  const runs = new Map<string, string[]>();
  let current = "a";
  for (const line of lines) {
    const record = parseRecord(line);
    // A line that is no record is where the writer of the line before was.
    if (record.type !== "bad_line") current = record.run_id;
    runs.set(current, [...(runs.get(current) ?? []), line]);
  }
  for (const [runId, own] of runs) {
    for (let seq = 0; seq * linesPerPart < own.length; seq++) {
      const part = own.slice(seq * linesPerPart, (seq + 1) * linesPerPart);
      await putPart(store, runId, part, { ...options, seq });
    }
  }
}
