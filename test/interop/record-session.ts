import { setImmediate as nextTurn } from "node:timers/promises";
import { type Sink, StepLog } from "../../packages/core/src/index.ts";

const TEXTS = [
  "caf\u00e9 na\u00efve \u4e2d\u6587 \u0627\u0644\u0639 \ud83c\udf89\ud83d\ude80 \u2211\u221e",
  "line\u2028paragraph\u2029next\u0085line",
  "alone \ud83c, back to front \ude00\ud83d",
  "left \u202eto right\u2066, \u007f, \u009b, \u0000, \u001b[31m",
  'quotes " and \\ and \\\\ud800 and \r\n',
];

/** Records two runs with all that makes a line hard to read, and all kinds of records. */
export async function recordSession(sink: Sink): Promise<StepLog> {
  const run = { agent: { name: "hand-made" }, metadata: { texts: TEXTS, "\u2028": null } };
  const onError = () => {}; // of the record that is dropped
  const log = new StepLog({ runId: "r\u00fcn 1\u2028", run, sink, redact: dropUnwanted, onError });
  for (const [i, text] of TEXTS.entries()) {
    log.recordLlmCall({
      model: i % 2 === 0 ? "claude-sonnet-4-6" : text,
      inputTokens: 1_000 * i,
      outputTokens: i === 3 ? null : 10 * i,
      cacheReadTokens: 100 * i,
      stopReason: ["tool_use", "max_tokens", text, "end_turn", "LENGTH"][i] ?? null,
      durationMs: 7.123456 * i,
    });
    log.recordToolCall({
      tool: `tool ${text}`,
      input: { [text]: text },
      output: text,
      durationMs: i,
    });
  }
  log.recordLlmCall({ error: new Error(`overloaded \u2028 ${TEXTS[2]}`), durationMs: 0.25 });
  log.recordToolCall({ tool: "__proto__", input: JSON.parse('{"__proto__": 1}'), error: "failed" });
  log.recordToolCall({ tool: "", error: "", durationMs: 1e6 });
  log.recordEvent("numbers", [0, -0, 1e-7, 1e21, 2 ** 53, Number.NaN, 123n, new Date(0)]);
  log.recordEvent("unwanted");
  await parallel(log);
  const other = log.child({ runId: "run-2", parentStep: 3 });
  other.recordToolCall({ tool: "search", input: null, output: [], durationMs: 12 });
  await other.close();
  await log.close();
  return log;
}

/** Twenty calls under way at once, that end in another order, one of five with an error; one hangs. */
async function parallel(log: StepLog): Promise<void> {
  const calls = Array.from({ length: 20 }, (_, i) =>
    log.tool("parallel", { i }, async () => {
      for (let turn = 0; turn < (i * 7) % 20; turn++) await nextTurn();
      if (i % 5 === 0) throw new TypeError(`call ${i}`, { cause: { code: "E_FIVE" } });
      return { i };
    }),
  );
  void log.tool("hangs", null, () => new Promise(() => {}));
  await Promise.allSettled(calls);
}

/** Drops one record, so that the log says so. */
function dropUnwanted<T extends { readonly type: string }>(record: T): T {
  if ("name" in record && record.name === "unwanted") throw new Error("unwanted");
  return record;
}
