import { createHash } from "node:crypto";
import type { StepRecord } from "@step-log/core";
import { expect, test } from "vitest";
import { type ExportFormat, type ExportItems, exportLog } from "../../src/index.ts";

async function exported(items: ExportItems, format: ExportFormat): Promise<string> {
  let whole = "";
  for await (const piece of exportLog(items, format)) whole += piece;
  return whole;
}

const HOSTILE =
  '</pre></details><script>alert(1)</script><img src=x onerror="alert(1)"> ``` \u001b[31m \u202egpj.exe javascript:alert(1) [x](http://evil.example) @everyone &amp; \u0000 \ud800';

const run: readonly StepRecord[] = [
  {
    run_id: `r ${HOSTILE}`,
    step: 0,
    type: "run_start",
    schema: "step-log/1",
    agent: { name: HOSTILE, version: HOSTILE },
    task_type: HOSTILE,
    environment: null,
    parent_run_id: null,
    root_run_id: null,
    metadata: { [HOSTILE]: HOSTILE },
    runtime: { name: "node", version: null, hostname: null, pid: null },
    ts: 1748107200,
  },
  {
    run_id: `r ${HOSTILE}`,
    step: 1,
    type: "llm_call",
    model: HOSTILE,
    input_tokens: 1200,
    output_tokens: null,
    stop_reason: HOSTILE,
    duration_ms: 1840,
    ts: 1748107202,
  },
  {
    run_id: `r ${HOSTILE}`,
    step: 2,
    type: "tool_call",
    tool: HOSTILE,
    input: { [HOSTILE]: HOSTILE },
    output: HOSTILE,
    error: HOSTILE,
    duration_ms: 240,
    ts: 1748107203,
  },
  {
    run_id: `r ${HOSTILE}`,
    step: 3,
    type: "event",
    name: "message",
    data: { role: HOSTILE, content: HOSTILE },
    ts: 1748107204,
  },
];
const bad = { type: "bad_line", offset: 7, bytes: 9, reason: HOSTILE, location: HOSTILE } as const;

test("HTML: nothing of a log becomes markup, and the page can load and run nothing", async () => {
  const page = await exported([...run, bad], "html");
  const tags = new Set([...page.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, tag]) => tag));
  const own =
    "html head meta title style body section h1 code dl div dt dd ol li details summary p b i strong span h3 pre svg rect";
  expect([...tags].filter((tag) => !own.split(" ").includes(tag ?? ""))).toEqual([]);
  expect(page).not.toMatch(/<[^>]*\son\w+\s*=/i);
  expect(page).not.toMatch(/<[^>]*\s(?:src|href|style|action)\s*=/i);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is the point
  expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\ud800]/);
  expect(page).toContain("\\u{202e}gpj.exe");
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  expect(page).toContain(
    `content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`,
  );
});

test("HTML: says what is known, and leaves out what is too long, with a word", async () => {
  const long = { ...run[2], tool: "read", output: "x".repeat(70_000), error: null } as StepRecord;
  const page = await exported([...run.slice(0, 2), long], "html");
  expect(page).toContain("1,200 tokens in");
  expect(page).toContain("4464 more characters are not shown");
  expect(page).toMatch(/<rect x="\d+\.\d+%" width="\d+\.\d+%"/);
});

test("Markdown: payloads stay within their fences, texts have no markup and mention nobody", async () => {
  const page = await exported([...run, bad], "markdown");
  const fences = page.match(/^`{3,}.*$/gm) ?? [];
  expect(fences.length % 2).toBe(0);
  const outside = page
    .split(/^(`{4,})text\n.*?\n\1$/ms)
    .filter((_, i) => i % 2 === 0)
    .join("");
  expect(outside).not.toMatch(/<|[^\\]`|@everyone|\]\(http/);
  expect(page).not.toContain("\u202e");
});

test("CSV: no cell is a formula, and every row has the same number of cells", async () => {
  const cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", 'a"b', "a,b", "a\nb", " a"];
  const records = cells.map(
    (tool, i): StepRecord => ({ ...run[2], run_id: "r", step: i, tool }) as StepRecord,
  );
  const rows = parseCsv(await exported([...records, bad], "csv"));
  const [header = []] = rows;
  expect(rows.every((row) => row.length === header.length)).toBe(true);
  const tool = header.indexOf("tool");
  expect(rows.slice(1, -1).map((row) => row[tool])).toEqual([
    "'=1+1",
    "'+1",
    "'-1",
    "'@SUM(A1)",
    "'\t=1",
    "'\r=1",
    "'＝1",
    'a"b',
    "a,b",
    "a\nb",
    " a",
  ]);
  expect(rows.flat().filter((it) => /^[=+@\t\r-]/.test(it))).toEqual([]);
  expect(rows.at(-1)?.[header.indexOf("type")]).toBe("bad_line");
});

test("OTLP: spans have the attributes that others read", async () => {
  const steps = run.map((record) => ({
    ...record,
    run_id: "0198a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
  }));
  const { resourceSpans } = JSON.parse(await exported(steps, "otlp-json"));
  const spans = resourceSpans[0].scopeSpans[0].spans;
  expect(spans.map((it: { traceId: string }) => it.traceId)).toEqual(
    Array(4).fill("0198a1b2c3d47e5f8a9b0c1d2e3f4a5b"),
  );
  expect(new Set(spans.map((it: { spanId: string }) => it.spanId)).size).toBe(4);
  const [call, tool, , root] = spans;
  expect(call).toMatchObject({
    kind: 3,
    parentSpanId: root.spanId,
    startTimeUnixNano: "1748107200160000086",
    endTimeUnixNano: "1748107202000000000",
  });
  const attributes = Object.fromEntries(
    call.attributes.map((it: { key: string; value: object }) => [it.key, it.value]),
  );
  expect(attributes).toMatchObject({
    "gen_ai.operation.name": { stringValue: "chat" },
    "gen_ai.usage.input_tokens": { intValue: "1200" },
  });
  expect(attributes).not.toHaveProperty(["gen_ai.usage.output_tokens"]);
  expect(tool.status.code).toBe(2);
  expect(root.parentSpanId).toBeUndefined();
});

test("a format that is not known is refused", () => {
  expect(() => exportLog([], "word" as ExportFormat)).toThrow(TypeError);
});

/** Reads CSV as RFC 4180 has it. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, bare = "", end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    row.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
