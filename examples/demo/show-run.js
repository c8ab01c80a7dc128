import { duration, gist, status, tokens, what } from "./describe.js";

/** @import { StepRecord } from "@step-log/core" */
/** @import { Screen } from "./screen.js" */

/**
 * What can be seen while the agent works.
 *
 * @param {Screen} screen
 */
export function showRun({ title, row, paragraph, blank, width, colors }) {
  return {
    /** @param {{ model: string, scripted: boolean, question: string }} options */
    opening({ model, scripted, question }) {
      blank();
      paragraph("An agent answers a question about this source; step-log records each step.");
      const script = "The model is a script on 127.0.0.1, so no key is needed; all else is real.";
      paragraph(
        scripted ? script : `The model is ${model}, by your ANTHROPIC_API_KEY.`,
        colors.dim,
      );
      title("Question");
      paragraph(question);
      title("Steps, as they end");
    },

    /** One line for a step that has ended. @param {StepRecord} record */
    step(record) {
      if (record.type !== "llm_call" && record.type !== "tool_call") return;
      const isTool = record.type === "tool_call";
      const isError = typeof record.error === "string";
      const told = isTool ? gist(record.output) : `${status(record)}, ${tokens(record)} tokens`;
      const paint = isError ? colors.red : isTool ? colors.dim : colors.cyan;
      row(
        { text: isTool ? " └" : "●", width: 2, paint },
        { ...what(record), width: Math.floor((width - 12) / 2), cut: "start" },
        { text: record.error ?? told, width: Math.ceil((width - 12) / 2), paint },
        { text: duration(record), width: 7, align: "right" },
      );
    },

    /** @param {string} text */
    answer(text) {
      title("Answer");
      paragraph(text);
    },

    /** @param {unknown} error that ended the run */
    failed(error) {
      title("No answer");
      paragraph(String(error), colors.red);
      paragraph("With STEP_LOG_DEMO_OFFLINE=1 the demo needs neither key nor network.");
    },
  };
}
