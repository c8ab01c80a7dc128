// @ts-check
// The records that everything is measured with: five steps of a research agent, again and again,
// about 185 to 355 bytes a line, 262 on average. Each is built fresh, as an agent would, with numbers that change.

/** @typedef {import("@step-log/core").StepLog} StepLog */

/**
 * Record `i` as an object, for those that take one; the same that step-log writes.
 *
 * @param {string} runId
 * @param {number} i From 0.
 * @returns {Record<string, unknown>}
 */
export function wire(runId, i) {
  const step = i + 1;
  switch (i % 5) {
    case 0:
      return {
        run_id: runId,
        step,
        type: "llm_call",
        model: "claude-sonnet-4-6",
        input_tokens: 1200 + (i % 800),
        output_tokens: 340 + (i % 90),
        stop_reason: "tool_use",
        duration_ms: 1840 + (i % 700) + 0.125,
        ts: Date.now() / 1000,
      };
    case 1:
      return {
        run_id: runId,
        step,
        type: "tool_call",
        tool: "search_documents",
        input: { query: `revenue of Q${i % 4} by region`, limit: 10 },
        output: { results: [], total: 0 },
        error: null,
        duration_ms: 240 + (i % 97) + 0.5,
        ts: Date.now() / 1000,
      };
    case 2:
      return {
        run_id: runId,
        step,
        type: "tool_call",
        tool: "read_file",
        tool_call_id: `toolu_${i}`,
        input: { path: `reports/2025/quarter-${i % 4}.md` },
        output: `# Quarter ${i % 4}\n\nNet revenue rose to 41.7 million, chiefly in the north region; costs fell.`,
        error: null,
        duration_ms: 3 + (i % 9) + 0.25,
        ts: Date.now() / 1000,
      };
    case 3:
      return {
        run_id: runId,
        step,
        type: "llm_call",
        model: "claude-sonnet-4-6",
        input_tokens: 2900 + (i % 800),
        output_tokens: 512 + (i % 90),
        cache_read_tokens: 1024,
        stop_reason: "end_turn",
        response_id: `msg_01${i}`,
        duration_ms: 2310 + (i % 700) + 0.75,
        ts: Date.now() / 1000,
      };
    default:
      return {
        run_id: runId,
        step,
        type: "tool_call",
        tool: "run_query",
        tool_call_id: `toolu_${i}`,
        input: {
          sql: "SELECT region, sum(net) AS net FROM sales WHERE year = 2025 GROUP BY region",
          timeout: 30,
        },
        output: { rows: [{ region: "north", net: 17.4 + (i % 8) }], columns: ["region", "net"] },
        error: null,
        duration_ms: 55 + (i % 50) + 0.5,
        ts: Date.now() / 1000,
      };
  }
}

/**
 * Records record `i` of a log that began with 0.
 *
 * @param {StepLog} log
 * @param {number} i
 */
export function record(log, i) {
  switch (i % 5) {
    case 0:
      return log.recordLlmCall({
        model: "claude-sonnet-4-6",
        inputTokens: 1200 + (i % 800),
        outputTokens: 340 + (i % 90),
        stopReason: "tool_use",
        durationMs: 1840 + (i % 700) + 0.125,
      });
    case 1:
      return log.recordToolCall({
        tool: "search_documents",
        input: { query: `revenue of Q${i % 4} by region`, limit: 10 },
        output: { results: [], total: 0 },
        durationMs: 240 + (i % 97) + 0.5,
      });
    case 2:
      return log.recordToolCall({
        tool: "read_file",
        toolCallId: `toolu_${i}`,
        input: { path: `reports/2025/quarter-${i % 4}.md` },
        output: `# Quarter ${i % 4}\n\nNet revenue rose to 41.7 million, chiefly in the north region; costs fell.`,
        durationMs: 3 + (i % 9) + 0.25,
      });
    case 3:
      return log.recordLlmCall({
        model: "claude-sonnet-4-6",
        inputTokens: 2900 + (i % 800),
        outputTokens: 512 + (i % 90),
        cacheReadTokens: 1024,
        stopReason: "end_turn",
        responseId: `msg_01${i}`,
        durationMs: 2310 + (i % 700) + 0.75,
      });
    default:
      return log.recordToolCall({
        tool: "run_query",
        toolCallId: `toolu_${i}`,
        input: {
          sql: "SELECT region, sum(net) AS net FROM sales WHERE year = 2025 GROUP BY region",
          timeout: 30,
        },
        output: { rows: [{ region: "north", net: 17.4 + (i % 8) }], columns: ["region", "net"] },
        durationMs: 55 + (i % 50) + 0.5,
      });
  }
}
