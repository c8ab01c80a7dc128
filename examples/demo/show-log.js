import { count, ms } from "./describe.js";

/** @import { ErrorContext, Summary } from "@step-log/core" */
/** @import { Cell, Screen } from "./screen.js" */

// How much of a line is shown as it is stored.
const SAMPLE_LINES = 3;

/**
 * What can be had of a log, beside its table.
 *
 * @param {Screen} screen
 */
export function showLog({ title, row, blank, paragraph, line, width, colors }) {
  const { dim, red } = colors;

  return {
    /** @param {Summary} summary */
    summary({ llmCallCount, toolCallCount, errorCount, durationMs, tokens, stopReasons, byTool }) {
      title("Its summary");
      const stops = Object.entries(stopReasons).map(([reason, times]) => `${reason} ${times}`);
      paragraph(`steps    ${llmCallCount} model calls, ${toolCallCount} tool calls; errors ${errorCount}
stopped  ${stops.join(", ") || "?"}
tokens   ${count(tokens.input)} in, ${count(tokens.cacheRead)} of them from the cache; ${count(tokens.output)} out
time     ${ms(durationMs)}`);
      blank();
      row(...toolRow(["tool", "calls", "errors", "P50", "P95"], { paint: dim }));
      for (const [tool, { calls, errors, durationMs }] of Object.entries(byTool)) {
        row(...toolRow([tool, `${calls}`, `${errors}`, ms(durationMs.p50), ms(durationMs.p95)]));
      }
    },

    /** @param {string} text one line of the file */
    sample(text) {
      title("One of its lines, as it is stored");
      const room = SAMPLE_LINES * width;
      paragraph(text.length > room ? `${text.slice(0, room - 1)}…` : text);
    },

    /** @param {ErrorContext} context @param {number} step @param {string} root of the frames' files */
    failure({ type, message, frames, cause }, step, root) {
      title(`Why step ${step} failed`);
      row({ text: `${type}: ${message}`, width, paint: red });
      for (const { function: name, file, line, column } of frames) {
        const place = `${file.replace(root, "")}:${line}:${column}`;
        row({ lead: `  at ${name ?? "?"} `, text: `(${place})`, width, cut: "start" });
      }
      for (let inner = cause; inner; inner = inner.cause) {
        row({ text: `caused by ${inner.type}: ${inner.message}`, width, cut: "middle" });
      }
    },

    /** @param {string} file */
    next(file) {
      title("Try next");
      const parse = `fs.readFileSync(process.argv[1],"utf8").trim().split("\\n").map(JSON.parse)`;
      line(`node -p '${parse}.filter(r=>r.error)' ${file}`);
      line(`jq -r 'select(.type=="tool_call") | [.step, .tool, .duration_ms] | @tsv' ${file}`);
      line("docs/record-format.md   what each key of a line means");
      line("docs/writing-a-sink.md  a store of your own; examples/demo/live-sink.js is one");
    },
  };
}

/** @param {readonly string[]} texts @param {Partial<Cell>} [look] @returns {Cell[]} */
function toolRow([tool = "", ...numbers], look) {
  const cells = numbers.map(
    (text) => /** @type {Cell} */ ({ text, width: 8, align: "right", ...look }),
  );
  return [{ text: tool, width: 16, ...look }, ...cells];
}
