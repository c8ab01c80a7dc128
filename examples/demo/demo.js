import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { StepLog, teeSink } from "@step-log/core";
import { fsSink, runFileName } from "@step-log/fs-sink";
import { answer } from "./agent.js";
import { askLog } from "./ask-log.js";
import { liveSink } from "./live-sink.js";
import { startModelServer } from "./model-server.js";
import { screen } from "./screen.js";
import { scriptedTurns } from "./scripted-turns.js";
import { showLog } from "./show-log.js";
import { showRun } from "./show-run.js";
import { showTable } from "./show-table.js";
import { sourceTools } from "./tools.js";

/** @import { StepRecord } from "@step-log/core" */
/** @import { Screen } from "./screen.js" */

const QUESTION =
  "Which file decides how a record becomes a line of JSON, and what happens to a value that JSON " +
  "cannot carry?";

/**
 * Lets an agent answer a question about the source below `root`, records the run in a file of
 * `logDir`, and shows what that file holds.
 *
 * @param {object} options
 * @param {string} options.root with `/` at its end, as `logDir`
 * @param {string} options.logDir
 * @param {Env} options.env
 * @param {(line: string) => void} options.print
 * @param {number} options.columns
 * @param {boolean} options.color
 * @returns {Promise<number>} the exit code
 *
 * @typedef {Readonly<Record<string, string | undefined>>} Env
 */
export async function demo({ root, logDir, env, ...terminal }) {
  const paper = screen(terminal);
  const { log, succeeded } = await record(root, logDir, env, paper);

  const file = join(logDir, `${runFileName(log.runId)}.jsonl`);
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
  /** @type {StepRecord[]} */
  const records = lines.map((line) => JSON.parse(line));

  showTable(paper, file, records);
  const show = showLog(paper);
  show.sample(lines.find((_, index) => records[index]?.type === "llm_call") ?? "");
  const failed = records.find((record) => "error" in record && record.error !== null);
  await askLog(paper, {
    questions: [
      ["summarize", file],
      ["stats", logDir],
      ["errors", file],
      ["replay", file, "--step", String(failed?.step ?? 1)],
    ],
    color: terminal.color,
  });
  show.next(file);
  return succeeded ? 0 : 1;
}

/** @param {string} root @param {string} logDir @param {Env} env @param {Screen} paper */
async function record(root, logDir, env, paper) {
  const { client, model, scripted, disconnect } = await connect(env);
  const show = showRun(paper);
  const sink = teeSink(fsSink(logDir), liveSink(show.step));
  const log = new StepLog({
    sink,
    run: {
      agent: { name: "repo-guide", version: "0.1.0" },
      taskType: "code-question",
      environment: "demo",
      metadata: { question: QUESTION, scripted },
    },
  });

  show.opening({ model, scripted, question: QUESTION });
  try {
    const tools = sourceTools(root);
    show.answer(await answer({ client, model, log, tools, question: QUESTION }));
    return { log, succeeded: true };
  } catch (error) {
    show.failed(error);
    log.end({ error });
    return { log, succeeded: false };
  } finally {
    await log.close();
    await sink.close();
    await disconnect();
  }
}

/** The real model where there is a key, else the scripted one. @param {Env} env */
async function connect(env) {
  const apiKey = env["STEP_LOG_DEMO_OFFLINE"] === "1" ? undefined : env["ANTHROPIC_API_KEY"];
  if (apiKey) {
    const model = env["ANTHROPIC_MODEL"] || "claude-sonnet-4-6";
    return {
      client: new Anthropic({ apiKey }),
      model,
      scripted: false,
      disconnect: async () => {},
    };
  }
  const { url, close } = await startModelServer(scriptedTurns);
  const client = new Anthropic({ apiKey: "none", baseURL: url, maxRetries: 0 });
  return { client, model: "claude-sonnet-4-6", scripted: true, disconnect: close };
}
