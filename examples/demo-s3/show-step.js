import { duration, gist, status, what } from "@step-log/example-demo/describe.js";

/** @import { StepRecord } from "@step-log/core" */
/** @import { Screen } from "@step-log/example-demo/screen.js" */

/**
 * One line for each step that has ended, and the process that it was in.
 *
 * @param {Screen} screen
 * @returns {(name: string, record: StepRecord) => void}
 */
export function showStep({ row, width, colors }) {
  const paints = [colors.cyan, colors.green, colors.yellow, colors.magenta];
  return (name, record) => {
    if (record.type !== "llm_call" && record.type !== "tool_call") return;
    const isError = typeof record.error === "string";
    const told = record.type === "tool_call" ? gist(record.output) : status(record);
    row(
      { text: name, width: 2, paint: paints[name.charCodeAt(0) % 4] ?? colors.dim },
      { ...what(record), width: Math.floor((width - 12) / 2), cut: "start" },
      {
        text: record.error ?? told,
        width: Math.ceil((width - 12) / 2),
        paint: isError ? colors.red : colors.dim,
      },
      { text: duration(record), width: 7, align: "right" },
    );
  };
}
