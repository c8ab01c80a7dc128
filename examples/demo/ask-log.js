import { PassThrough, Writable } from "node:stream";
import { run } from "@step-log/cli";

/** @import { Screen } from "./screen.js" */

/**
 * Asks the log what a user would ask it, by the `step-log` command, and shows question and answer.
 *
 * @param {Screen} screen
 * @param {object} options
 * @param {readonly (readonly string[])[]} options.questions such as `["stats", "logs/demo/"]`
 * @param {boolean} options.color
 */
export async function askLog({ command, raw, width }, { questions, color }) {
  for (const args of questions) {
    command(`step-log ${args.join(" ")}`);
    const { text, output } = collector(width);
    const stdin = Object.assign(new PassThrough(), { isTTY: false });
    const env = color ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" };
    const { signal } = new AbortController();
    await run(args, { stdin, stdout: output, stderr: output, env, cwd: process.cwd(), signal });
    for (const line of text().trimEnd().split("\n")) raw(line);
  }
}

/** Takes what a command writes; as wide as the page, but no terminal, so that nothing is asked or moved. */
function collector(/** @type {number} */ columns) {
  /** @type {string[]} */
  const pieces = [];
  const output = new Writable({
    write(piece, _encoding, done) {
      pieces.push(String(piece));
      done();
    },
  });
  return {
    output: Object.assign(output, { columns, isTTY: false }),
    text: () => pieces.join(""),
  };
}
