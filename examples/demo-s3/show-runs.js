import { duration, status, what } from "@step-log/example-demo/describe.js";

/** @import { StepRecord } from "@step-log/core" */
/** @import { S3Source } from "@step-log/s3-sink" */
/** @import { Screen } from "@step-log/example-demo/screen.js" */

/**
 * Reads the runs back.
 *
 * @param {object} options
 * @param {Screen} options.paper
 * @param {S3Source} options.source
 * @param {{ alone: string, together: string, killed: string }} options.runs
 * @param {ReadonlyMap<string, number>} options.recorded how many records each run was given
 * @returns {Promise<boolean>} whether everything is there
 */
export async function showRuns({ paper, source, runs, recorded }) {
  const { title, row, paragraph, colors } = paper;
  title("The run of B and C, read back in the order of its steps");
  for await (const item of source.read(runs.together)) {
    if (item.type !== "bad_line" && item.type !== "step_start") showRecord(paper, item);
  }

  title("The end of the run of D");
  /** @type {StepRecord[]} */
  const killed = [];
  for await (const item of source.read(runs.killed))
    if (item.type !== "bad_line") killed.push(item);
  for (const record of killed.slice(-4)) showRecord(paper, record);
  paragraph("No run_end: it was killed in the step whose start is the last line.", colors.dim);

  title("All runs");
  row(...cells(["run", "records", "parts", "sinks", "ended", "missing"], colors.dim));
  let isWhole = true;
  for (const [name, runId] of Object.entries(runs)) {
    const { records, parts, writers, hasEnded } = await source.report(runId);
    const missing = (recorded.get(runId) ?? 0) - records;
    if (missing !== 0) isWhole = false;
    const texts = [name, records, parts, writers.length, hasEnded ? "yes" : "no", missing];
    row(...cells(texts.map(String), missing === 0 ? colors.green : colors.red));
  }
  paragraph("Records that a process had handed over when it went on, against those read back.");
  return isWhole;
}

/** @param {Screen} screen @param {StepRecord} record */
function showRecord({ row, width, colors }, record) {
  const { lead, text } = what(record);
  const begun =
    record.type === "step_start" ? { lead: `${record.of} `, text: "begun" } : { lead, text };
  row(
    { text: `${record.step}`, width: 4, align: "right" },
    { text: record.writer ?? "", width: 9, paint: colors.dim },
    { text: record.type, width: 10 },
    { ...begun, width: width - 46, cut: "start" },
    { text: duration(record), width: 8, align: "right" },
    { text: status(record), width: 9 },
  );
}

/** @param {readonly string[]} texts @param {(text: string) => string} paint of the last one */
function cells([first = "", ...numbers], paint) {
  return [
    { text: first, width: 12 },
    ...numbers.map((text, index) => ({
      text,
      width: 8,
      align: /** @type {const} */ ("right"),
      ...(index === numbers.length - 1 && { paint }),
    })),
  ];
}
