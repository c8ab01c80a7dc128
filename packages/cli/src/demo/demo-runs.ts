import type { ErrorContext, StepRecord } from "@step-log/core";
import { DemoRun } from "./demo-run.ts";
import { type Random, seeded } from "./seeded.ts";

const RUNS = 48;
const HOURS_BETWEEN = 3.5;
const SEED = 20_261_122;

/**
 * Made-up runs of a support agent over the last week, oldest first; the same ones each time but for
 * their times. Some fail, one hits its limit of tokens, and one was killed in the middle of a call.
 *
 * @param now Unix seconds.
 */
export function* demoRuns(now: number): Generator<readonly StepRecord[], void, void> {
  const random = seeded(SEED);
  for (let i = 0; i < RUNS; i++) {
    const startedAt = now - (RUNS - i) * HOURS_BETWEEN * 3600 + random.below(3000);
    const number = String(i + 1).padStart(3, "0");
    yield i === RUNS - 2
      ? killed(`demo-${number}`, startedAt, random)
      : answered(`demo-${number}`, startedAt, random, i);
  }
}

const QUESTIONS = {
  "order-status": "Where is my order?",
  refund: "I was charged twice, please refund one of them.",
  research: "Which of our plans includes audit logs, and since when?",
} as const;
type TaskType = keyof typeof QUESTIONS;
const TASK_TYPES = Object.keys(QUESTIONS) as readonly TaskType[];

const SONNET = "claude-sonnet-4-6";
const HAIKU = "claude-haiku-4-5";
const MINI = "gpt-5-mini";

function answered(
  runId: string,
  startedAt: number,
  random: Random,
  index: number,
): readonly StepRecord[] {
  const taskType = random.of(TASK_TYPES);
  const run = begun(runId, startedAt, taskType, random);
  run.llm({ ...call(taskType, random), stopReason: "tool_use" });
  switch (taskType) {
    case "order-status":
      run.tool("get_order", { order: run.order }, { state: "shipped" }, 80 + random.below(200));
      break;
    case "refund":
      if (!refund(run, random)) return run.end("error", `order ${run.order} was not found`);
      break;
    case "research":
      if (!research(run, random, index))
        return run.end("error", "search_documents: 504 Gateway Timeout");
      break;
  }
  const isLong = index === 31;
  run.llm({ ...call(taskType, random), stopReason: isLong ? "max_tokens" : "end_turn" });
  return run.end("ok", null);
}

/** An id with a space in it is not found: the kind of failure that one looks for in the inputs. */
function refund(run: DemoRun, random: Random): boolean {
  if (random.chance(0.2)) {
    const order = `${run.order.slice(0, 3)} ${run.order.slice(3)}`;
    run.tool("get_order", { order }, null, 60 + random.below(90), NOT_FOUND(order));
    run.llm({ ...call("refund", random), stopReason: "tool_use" });
    run.tool("get_order", { order }, null, 60 + random.below(90), NOT_FOUND(order));
    return false;
  }
  run.tool("get_order", { order: run.order }, { state: "delivered" }, 80 + random.below(150));
  run.llm({ ...call("refund", random), stopReason: "tool_use" });
  run.tool(
    "refund",
    { order: run.order, cents: 4900 },
    { refunded: true },
    400 + random.below(500),
  );
  return true;
}

/** A search that is slow at times, and from day five on now and then gives up. */
function research(run: DemoRun, random: Random, index: number): boolean {
  const query = { query: "audit logs plan", limit: 5 };
  for (let attempt = 1; attempt <= 3; attempt++) {
    if (index < 34 || !random.chance(0.85)) {
      const ms = random.chance(0.15) ? 6000 + random.below(9000) : 300 + random.below(900);
      run.tool("search_documents", query, { documents: ["plans-2026", "changelog"] }, ms);
      run.llm({ ...call("research", random), stopReason: "tool_use" });
      run.tool(
        "read_document",
        { id: "plans-2026" },
        { title: "Plans", pages: 12 },
        90 + random.below(300),
      );
      return true;
    }
    run.tool("search_documents", query, null, 30_000, GATEWAY_TIMEOUT);
    run.llm({ ...call("research", random), stopReason: "tool_use" });
  }
  return false;
}

function killed(runId: string, startedAt: number, random: Random): readonly StepRecord[] {
  const run = begun(runId, startedAt, "research", random);
  run.llm({ ...call("research", random), stopReason: "tool_use" });
  run.begin("search_documents", { query: "audit logs plan", limit: 5 });
  return run.records;
}

function begun(runId: string, startedAt: number, taskType: TaskType, random: Random): DemoRun {
  const run = new DemoRun(runId, startedAt, `A-${10_000 + random.below(80_000)}`);
  run.start(taskType, { question: QUESTIONS[taskType] });
  return run;
}

function call(taskType: TaskType, random: Random) {
  const model = taskType === "order-status" ? HAIKU : random.chance(0.15) ? MINI : SONNET;
  const inputTokens = 1800 + random.below(taskType === "research" ? 14_000 : 3000);
  return {
    model,
    inputTokens,
    cacheReadTokens: model === MINI ? 0 : Math.floor(inputTokens * 0.6),
    outputTokens: 60 + random.below(taskType === "research" ? 900 : 240),
    durationMs: (model === SONNET ? 1400 : 600) + random.below(2600),
  };
}

const NOT_FOUND = (order: string): ErrorContext => ({
  type: "OrderNotFoundError",
  message: `order ${order} was not found`,
  code: "ORDER_NOT_FOUND",
  frames: [
    { function: "getOrder", file: "src/tools/orders.ts", line: 41, column: 11 },
    { function: "dispatch", file: "src/agent.ts", line: 96, column: 20 },
  ],
  cause: null,
});

const GATEWAY_TIMEOUT: ErrorContext = {
  type: "HttpError",
  message: "504 Gateway Timeout",
  code: "ERR_HTTP_504",
  frames: [
    { function: "searchDocuments", file: "src/tools/search.ts", line: 27, column: 9 },
    { function: "dispatch", file: "src/agent.ts", line: 96, column: 20 },
  ],
  cause: {
    type: "Error",
    message: "upstream request timeout",
    code: "ETIMEDOUT",
    frames: [{ function: "request", file: "src/http.ts", line: 63, column: 13 }],
    cause: null,
  },
};
