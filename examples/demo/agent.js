import { toolDefinitions } from "./tools.js";

/** @import Anthropic from "@anthropic-ai/sdk" */
/** @import { StepLog } from "@step-log/core" */

const MAX_TURNS = 12;
const SYSTEM = `You answer questions about the source code of one repository. Look before you
answer, call several tools at once where you can, and say in which file and line you found it.`;

/**
 * Answers a question: asks the model, runs the tools that it wants, until it wants none.
 *
 * `log.llm` and `log.tool` time a call, record it and pass its result or its error on. There is
 * nothing else of step-log in here.
 *
 * @param {object} options
 * @param {Anthropic} options.client
 * @param {string} options.model
 * @param {StepLog} options.log
 * @param {{ run(name: string, input: unknown): Promise<unknown> }} options.tools
 * @param {string} options.question
 */
export async function answer({ client, model, log, tools, question }) {
  /** @type {Anthropic.MessageParam[]} */
  const messages = [{ role: "user", content: question }];

  for (let turn = 0; turn < MAX_TURNS; turn++) {
    let parentStep = 0;
    const message = await log.llm(
      ({ step }) => {
        parentStep = step;
        return client.messages.create({
          model,
          max_tokens: 2048,
          system: SYSTEM,
          tools: toolDefinitions,
          messages,
          cache_control: { type: "ephemeral" },
        });
      },
      { model },
    );

    const calls = message.content.filter((block) => block.type === "tool_use");
    if (calls.length === 0) return textOf(message);

    messages.push({ role: "assistant", content: message.content });
    messages.push({
      role: "user",
      content: await Promise.all(calls.map((call) => run(call, parentStep))),
    });
  }
  throw new Error(`no answer after ${MAX_TURNS} turns`);

  /**
   * Runs one tool; the model is told of an error, so that it can correct itself.
   *
   * @param {Anthropic.ToolUseBlock} call
   * @param {number} parentStep
   * @returns {Promise<Anthropic.ToolResultBlockParam>}
   */
  async function run({ id, name, input }, parentStep) {
    const options = { toolCallId: id, parentStep };
    try {
      const output = await log.tool(name, input, () => tools.run(name, input), options);
      return { type: "tool_result", tool_use_id: id, content: JSON.stringify(output) };
    } catch (error) {
      return { type: "tool_result", tool_use_id: id, content: String(error), is_error: true };
    }
  }
}

/** @param {Anthropic.Message} message */
function textOf({ content }) {
  return content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n\n");
}
