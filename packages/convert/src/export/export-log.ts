import type { ExportItems } from "./export-items.ts";
import { toAtif } from "./to-atif.ts";
import { toCsv } from "./to-csv.ts";
import { toHtml } from "./to-html.ts";
import { toMarkdown } from "./to-markdown.ts";
import { toOtlp } from "./to-otlp.ts";

/** Each of the formats that records can be written in. */
export type ExportFormat = "otlp-json" | "atif" | "csv" | "markdown" | "html";

const WRITERS: Readonly<Record<ExportFormat, (items: ExportItems) => AsyncIterable<string>>> = {
  "otlp-json": toOtlp,
  atif: toAtif,
  csv: toCsv,
  markdown: toMarkdown,
  html: toHtml,
};

/** The names of the formats. */
export const EXPORT_FORMATS: readonly ExportFormat[] = Object.keys(WRITERS) as ExportFormat[];

/**
 * Writes records in another format, piece by piece; the pieces put together are the file.
 *
 * `"otlp-json"` and `"csv"` hold nothing back but the headers of runs, `"atif"` a run, `"markdown"` and
 * `"html"` all. Bad lines are told of in `"csv"`, `"markdown"` and `"html"`; the others have no place for them.
 *
 * @throws TypeError for a format that is not known
 */
export function exportLog(items: ExportItems, format: ExportFormat): AsyncIterable<string> {
  if (!Object.hasOwn(WRITERS, format)) {
    throw new TypeError(
      `exportLog: format must be one of ${EXPORT_FORMATS.join(", ")}, got ${String(format)}`,
    );
  }
  return WRITERS[format](items);
}
