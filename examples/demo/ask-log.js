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
  const env = color ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" };
  const { signal } = new AbortController();
  for (const args of questions) {
    command(`step-log ${args.join(" ")}`);
    const [answer, notes] = [collector(), collector()];
    await run(args, {
      stdin: Object.assign(new PassThrough(), { isTTY: false }),
      stdout: Object.assign(answer.output, { columns: width, isTTY: true }),
      stderr: Object.assign(notes.output, { isTTY: false }),
      env,
      cwd: process.cwd(),
      signal,
    });
    for (const line of `${notes.text()}${answer.text()}`.trimEnd().split("\n")) raw(line);
  }
}

function collector() {
  /** @type {string[]} */
  const pieces = [];
  const output = new Writable({
    write(piece, _encoding, done) {
      pieces.push(String(piece));
      done();
    },
  });
  return { output, text: () => pieces.join("") };
}
