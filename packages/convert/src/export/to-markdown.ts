import type { StepRecord } from "@step-log/core";
import type { ExportItems } from "./export-items.ts";
import { runPages, time } from "./run-page.ts";
import { stepFacts } from "./step-facts.ts";
import { visible } from "./visible.ts";

/**
 * Writes runs as Markdown, for an issue or a report: what is known of each, and its steps with what went
 * in and came out. What stands in the log cannot become markup. Runs are held as a whole.
 */
export async function* toMarkdown(items: ExportItems): AsyncGenerator<string, void, void> {
  const { runs, bad } = await runPages(items);
  for (const { runId, facts, records } of runs) {
    yield `# Run ${inline(runId)}\n\n| | |\n| --- | --- |\n`;
    for (const [name, value] of facts) yield `| ${name} | ${inline(value)} |\n`;
    yield "\n";
    for (const record of records) yield step(record);
  }
  if (bad.length === 0) return;
  yield `# Not readable: ${bad.length}\n\n`;
  for (const { location, offset, reason } of bad) {
    yield `- ${inline(`${location ?? "line"}, byte ${offset}: ${reason}`)}\n`;
  }
}

function step(record: StepRecord): string {
  const { title, facts, error, payloads } = stepFacts(record);
  const at = time(record.ts);
  const about = [...(at === null ? [] : [at]), ...facts].map(inline).join(" · ");
  return [
    `## ${record.step} ${inline(record.type)} ${inline(title)}\n`,
    ...(about === "" ? [] : [`${about}\n`]),
    ...(error === null ? [] : [`**Error**\n\n${fenced(error)}`]),
    ...payloads.map(([name, text]) => `${inline(name)}\n\n${fenced(text)}`),
  ]
    .join("\n")
    .concat("\n");
}

/** A text on one line, of which nothing is markup. */
function inline(text: string): string {
  const line = visible(text).replace(/\s+/g, " ").trim();
  return line.replace(/[\\`*_{}[\]()<>#+\-.!|~&:@]/g, (mark) =>
    NAMED.test(mark) ? `&#${mark.charCodeAt(0)};` : `\\${mark}`,
  );
}

// A backslash before these is not known to all that render Markdown, or leaves mentions and links alive.
const NAMED = /[<>&|:@]/;

/** A text between fences that are longer than any in it. */
function fenced(text: string): string {
  let fence = "```";
  for (const [run] of text.matchAll(/`{3,}/g)) if (run.length >= fence.length) fence = `${run}\``;
  return `${fence}text\n${visible(text)}\n${fence}\n`;
}
