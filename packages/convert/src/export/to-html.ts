import { createHash } from "node:crypto";
import type { BadLine, StepRecord } from "@step-log/core";
import type { ExportItems } from "./export-items.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { type RunPage, runPages, time } from "./run-page.ts";
import { duration, stepFacts } from "./step-facts.ts";
import { visible } from "./visible.ts";

// The page may load nothing, run nothing, send nothing; the one style is known by its hash.
const STYLE_HASH = createHash("sha256").update(PAGE_STYLE).digest("base64");
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/**
 * Writes runs as one HTML page for a bug report: a waterfall and every step with what went in and came
 * out. It needs no other file and no network, has no script, and nothing in the log can become markup.
 * Runs are held as a whole; of a payload of over 65,536 characters the rest is left out, and that is said.
 */
export async function* toHtml(items: ExportItems): AsyncGenerator<string, void, void> {
  const { runs, bad } = await runPages(items);
  const title = runs.length === 1 ? `Run ${runs[0]?.runId}` : `${runs.length} runs`;
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
`;
  for (const run of runs) yield* section(run);
  if (bad.length > 0) yield notReadable(bad);
  yield "</body>\n</html>\n";
}

function* section({ runId, facts, records }: RunPage): Generator<string, void, void> {
  const scale = timeScale(records);
  yield `<section>\n<h1>Run <code>${escaped(runId)}</code></h1>\n<dl>\n`;
  for (const [name, value] of facts) {
    yield `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>\n`;
  }
  yield "</dl>\n<ol>\n";
  for (const record of records) yield step(record, scale);
  yield "</ol>\n</section>\n";
}

function step(record: StepRecord, scale: Scale): string {
  const { title, facts, error, payloads, durationMs } = stepFacts(record);
  const at = time(record.ts);
  const about = [...facts, ...(at === null ? [] : [at])].map((it) => `<span>${escaped(it)}</span>`);
  const kind = /^[a-z_]{1,20}$/.test(record.type) ? record.type : "other";
  const head = `<b>${escaped(String(record.step))}</b> <i>${escaped(record.type)}</i> <strong>${escaped(title)}</strong> ${about.join(" ")}${bar(record, durationMs, scale)}`;
  const body = [
    ...(error === null ? [] : [`<h3>error</h3><pre class="error">${escaped(error)}</pre>`]),
    ...payloads.map(([name, text]) => `<h3>${escaped(name)}</h3><pre>${escaped(text)}</pre>`),
  ].join("\n");
  const failed = error === null ? "" : " failed";
  return body === ""
    ? `<li class="${kind}${failed}"><p>${head}</p></li>\n`
    : `<li class="${kind}${failed}"><details><summary>${head}</summary>\n${body}\n</details></li>\n`;
}

interface Scale {
  readonly startedAt: number;
  readonly seconds: number;
}

function timeScale(records: readonly StepRecord[]): Scale {
  let [startedAt, endedAt] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const record of records) {
    const { durationMs } = stepFacts(record);
    startedAt = Math.min(startedAt, record.ts - (durationMs ?? 0) / 1000);
    endedAt = Math.max(endedAt, record.ts);
  }
  return { startedAt, seconds: endedAt - startedAt };
}

/** When the step ran, as a bar; by attributes, since the page allows no style but its own. */
function bar({ ts }: StepRecord, durationMs: number | null, { startedAt, seconds }: Scale): string {
  if (durationMs === null || !(seconds > 0)) return "";
  const percent = (value: number) => ((value / seconds) * 100).toFixed(3);
  const from = percent(ts - durationMs / 1000 - startedAt);
  const label = escaped(duration(durationMs));
  return `<svg role="img" aria-label="${label}"><rect x="${from}%" width="${percent(durationMs / 1000)}%" height="100%"/></svg>`;
}

function notReadable(bad: readonly BadLine[]): string {
  const items = bad.map(({ location, offset, reason }) => {
    const at = `${location ?? "line"}, byte ${offset}: ${reason}`;
    return `<li><p>${escaped(at)}</p></li>\n`;
  });
  return `<section>\n<h1>Not readable: ${bad.length}</h1>\n<ol>\n${items.join("")}</ol>\n</section>\n`;
}

function escaped(text: string): string {
  return visible(text.toWellFormed()).replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
