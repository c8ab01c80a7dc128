import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** @import { AddressInfo } from "node:net" */
/** @import { Result, Saying, scriptedTurns } from "./scripted-turns.js" */

/**
 * A model on 127.0.0.1 that speaks the Messages API, not streamed, and says what `turns` say.
 *
 * @param {typeof scriptedTurns} turns
 */
export async function startModelServer(turns) {
  const server = createServer((request, response) => {
    reply(request).then(
      ({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json", "request-id": id("req") });
        response.end(JSON.stringify(body));
      },
      (error) => response.destroy(error),
    );
  });
  // Whatever goes wrong, it is not what keeps the process alive.
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  const { port } = /** @type {AddressInfo} */ (server.address());

  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };

  /** @param {import("node:http").IncomingMessage} request */
  async function reply(request) {
    const { model, messages } = /** @type {any} */ (await json(request));
    const turn =
      turns[messages.filter((/** @type {any} */ { role }) => role === "assistant").length];
    if (turn === undefined) {
      const error = { type: "invalid_request_error", message: "the script has no more turns" };
      return { status: 400, body: { type: "error", error } };
    }
    await sleep(turn.thinkMs);
    return { status: 200, body: message(model, turn.say(resultsIn(messages)), turn.usage) };
  }
}

/** @param {string} model @param {Saying} saying @param {object} usage */
function message(model, { text, calls = [] }, usage) {
  const uses = calls.map(([name, input]) => ({ type: "tool_use", id: id("toolu"), name, input }));
  return {
    id: id("msg"),
    type: "message",
    role: "assistant",
    model,
    content: [{ type: "text", text }, ...uses],
    stop_reason: uses.length > 0 ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage,
  };
}

/**
 * What the tools have answered so far, in the order in which they were asked for.
 *
 * @param {any[]} messages
 * @returns {Result[]}
 */
function resultsIn(messages) {
  const blocks = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  const answers = new Map(blocks.map((block) => [block.tool_use_id, block]));
  return blocks
    .filter((block) => block.type === "tool_use")
    .map(({ id, name }) => {
      const { content, is_error: failed = false } = answers.get(id);
      return {
        tool: name,
        output: failed ? null : JSON.parse(content),
        error: failed ? content : null,
      };
    });
}

/** @param {string} kind such as `msg` */
function id(kind) {
  return `${kind}_01${randomBytes(11).toString("hex")}`;
}
