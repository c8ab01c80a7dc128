/** @import { Screen } from "./screen.js" */

// How much of a line is shown as it is stored.
const SAMPLE_LINES = 3;
// As it was built here; elsewhere `npx @step-log/cli`.
const STEP_LOG = "node packages/cli/dist/bin.js";

/**
 * What can be had of a log, beside its table.
 *
 * @param {Screen} screen
 */
export function showLog({ title, paragraph, line, width }) {
  return {
    /** @param {string} text one line of the file */
    sample(text) {
      title("One of its lines, as it is stored");
      const room = SAMPLE_LINES * width;
      paragraph(text.length > room ? `${text.slice(0, room - 1)}…` : text);
    },

    /** @param {string} file */
    next(file) {
      title("Try next");
      line(`${STEP_LOG} replay ${file}   # full screen: ? shows the keys`);
      line(`${STEP_LOG} demo   # a week of runs of an agent whose users complain`);
      line(`jq -r 'select(.type=="tool_call") | [.step, .tool, .duration_ms] | @tsv' ${file}`);
      line("docs/record-format.md   what each key of a line means");
      line("docs/writing-a-sink.md  a store of your own; examples/demo/live-sink.js is one");
    },
  };
}
