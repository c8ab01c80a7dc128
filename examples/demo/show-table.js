import { duration, status, tokens, what } from "./describe.js";

/** @import { StepRecord } from "@step-log/core" */
/** @import { Cell, Screen } from "./screen.js" */

/**
 * The records of a log as a table, in the order of their steps.
 *
 * @param {Screen} screen
 * @param {string} file
 * @param {readonly StepRecord[]} records
 */
export function showTable({ title, row, paragraph, width, colors }, file, records) {
  const { dim, red, green } = colors;
  title(`The log, ${file}`);
  const header = cells(width, ["step", "type", "duration", "tokens", "status"], { text: "what" });
  row(...header.map((cell) => ({ ...cell, paint: dim })));

  const steps = records.filter(({ type }) => type !== "step_start").sort((a, b) => a.step - b.step);
  for (const record of steps) {
    const how = status(record);
    const { lead, text } = what(record);
    const inner = record.parent_step === undefined ? "" : "└ ";
    const texts = [`${record.step}`, record.type, duration(record), tokens(record), how];
    const paint = how === "error" ? red : green;
    row(...cells(width, texts, { lead: inner + lead, text }, { paint }));
  }

  const starts = records.length - steps.length;
  paragraph(
    `and ${starts} step_start lines: had it been killed, they would tell what it was doing`,
    dim,
  );
}

/**
 * @param {number} width
 * @param {readonly string[]} texts
 * @param {Cell} what
 * @param {Partial<Cell>} [statusLook]
 * @returns {Cell[]}
 */
function cells(
  width,
  [step = "", type = "", duration = "", tokens = "", status = ""],
  what,
  statusLook,
) {
  return [
    { text: step, width: 4, align: "right" },
    { text: type, width: 9 },
    // The other columns and the spaces between them take 48.
    { ...what, width: width - 48, cut: "start" },
    { text: duration, width: 8, align: "right" },
    { text: tokens, width: 13, align: "right" },
    { text: status, width: 9, ...statusLook },
  ];
}
