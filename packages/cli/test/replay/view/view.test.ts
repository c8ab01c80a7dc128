import { memorySink, type Source } from "@step-log/core";
import { runTree } from "@step-log/replay";
import pc from "picocolors";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import {
  initialState,
  type ReplayState,
  type Size,
} from "../../../src/replay/state/replay-state.ts";
import { update } from "../../../src/replay/state/update.ts";
import { view } from "../../../src/replay/view/view.ts";
import { longRun, READER, RESEARCH } from "../../support/agent-log.ts";
import { costOf, frame, opened, press, recordsOf, withTree } from "../support/session.ts";

const SIZES: readonly Size[] = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
];

/** Both runs, as a source has them. */
const source: Source = {
  ...memorySink(),
  async *runs() {
    yield { runId: "run-research" };
    yield { runId: "run-reader" };
  },
  async *read(runId) {
    yield* recordsOf(runId === "run-reader" ? READER : RESEARCH);
  },
  async *readAll() {
    yield* recordsOf(RESEARCH + READER);
  },
};

/** Each page of interest, and how one comes to it. */
const PAGES: Readonly<Record<string, (size: Size) => ReplayState | Promise<ReplayState>>> = {
  "list of runs": runsPage,
  "list of steps": (size) => opened(RESEARCH, size),
  "tree with a sub-agent": async (size) =>
    withTree(press(opened(RESEARCH, size), "t"), await runTree(source, "run-research", { costOf })),
  "slowest steps": (size) => press(opened(RESEARCH, size), "s"),
  "errors of a long run": (size) => press(opened(longRun("run-long", 500), size), "x", "end"),
  "step that failed": (size) => press(opened(RESEARCH, size), "e", "return"),
  "before a step": (size) => press(opened(RESEARCH, size), "e", "return", "2"),
  "messages of a call": (size) => press(opened(RESEARCH, size), "down", "return", "3"),
  "record of a step": (size) => press(opened(RESEARCH, size), "e", "return", "4"),
  "step with controls": (size) => press(opened(RESEARCH, size), ":6", "return", "return"),
  "search that is typed": (size) => press(opened(RESEARCH, size), "/reve"),
  "search that found": (size) => press(opened(RESEARCH, size), "/revenue", "return"),
  "nothing failed": (size) => press(opened(READER, size), "x"),
  help: (size) => press(opened(RESEARCH, size), "?"),
};

for (const size of SIZES) {
  const { columns, rows } = size;
  test.each(Object.keys(PAGES))(`%s, at ${columns} × ${rows}`, async (name) => {
    const state = await PAGES[name]?.(size);
    if (state === undefined) throw new Error(`no page ${name}`);
    const lines = view(state, pc.createColors(false));
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    const file = `./frames/${name.replaceAll(" ", "-")}-${columns}x${rows}.txt`;
    await expect(frame(state)).toMatchFileSnapshot(file);
  });
}

test("no page is wider or longer than the terminal, however small that is", async () => {
  for (const columns of [1, 8, 39, 40, 47, 60, 139, 140]) {
    for (const rows of [1, 2, 5, 6, 7, 12]) {
      for (const page of Object.values(PAGES)) {
        const lines = view(await page({ columns, rows }), pc.createColors(false));
        expect(lines).toHaveLength(rows);
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      }
    }
  }
});

test("colours are the eight that terminals fit to their background, and what is selected shows without", async () => {
  const state = press(opened(RESEARCH), "e");
  const painted = view(state, pc.createColors(true)).join("\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  const codes = new Set([...painted.matchAll(/\u{1b}\[(\d+)m/gu)].map(([, code]) => Number(code)));
  // Bold, dim, turned around, and red, green, blue, magenta, cyan: neither white, black nor yellow.
  const allowed = new Set([0, 1, 2, 7, 22, 27, 31, 32, 34, 35, 36, 39]);
  expect([...codes].filter((code) => !allowed.has(code))).toEqual([]);
  expect(codes).toContain(7);
  expect(frame(state)).toMatch(/^>✗/m);
});

test("nothing that a log holds reaches the terminal as a control", () => {
  const hostile = "\u{1b}]0;title\u{7}\u{9b}31m\u{202e}\r\n\u{8}\u{0}";
  const text = JSON.stringify({
    run_id: `run-${hostile}`,
    step: 1,
    type: "tool_call",
    tool: hostile,
    input: { [hostile]: [hostile] },
    output: hostile,
    error: hostile,
    error_context: {
      type: hostile,
      message: hostile,
      code: hostile,
      frames: [{ file: hostile }, null],
    },
    [hostile]: hostile,
    ts: 1,
  });
  for (const size of SIZES) {
    let state = opened(text, size);
    for (const keys of [[], ["t"], ["return"], ["2"], ["3"], ["4"], [`/${hostile}`, "return"]]) {
      state = press(state, ...keys);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
      expect(frame(state)).not.toMatch(/[\u{0}-\u{9}\u{b}-\u{1f}\u{7f}-\u{9f}\u{202e}]/u);
    }
  }
});

test("records of any shape are shown", () => {
  const strange = [
    { type: "llm_call", model: 7, input_tokens: "many", usage: [], duration_ms: {}, tags: "x" },
    { type: "tool_call", tool: null, input: "a", error: { no: "text" }, error_context: "none" },
    {
      type: "tool_call",
      error: "x",
      error_context: { frames: 3, cause: "c", message: 4 },
      truncated: [1, {}],
    },
    { type: "run_start", agent: "me", metadata: { deep: { deep: [[[[[]]]]] } } },
    { type: "wire_call", request: 1, response: "r", parent_step: 0 },
    { type: "event", name: {}, data: { role: "user", content: [null, 1, { type: "thinking" }] } },
    { type: "log_dropped", count: "all" },
    { type: "of_the_future", what: 1 },
  ];
  const text = strange
    .map((it, step) => JSON.stringify({ run_id: "r", step, ts: step, ...it }))
    .join("\n");
  for (const size of SIZES) {
    const state = opened(text, size);
    for (let i = 0; i < strange.length; i++) {
      for (const tab of ["1", "2", "3", "4"]) {
        frame(press(state, ...Array<string>(i).fill("down"), "return", tab));
      }
    }
    for (const key of ["t", "s", "m", "x"]) frame(press(state, key));
  }
});

function runsPage(size: Size): ReplayState {
  const run = (runId: string, startedAt: number) => ({ runId, startedAt, overview: null });
  const overview = {
    agent: "researcher",
    steps: 1200,
    errors: 0,
    tokens: 1_234_567,
    costUsd: 1.5,
    durationMs: 61_000,
  };
  const runs = [
    run("run-a", 1_772_443_800),
    run("run-b", 1_772_447_400),
    run("run-c", 1_772_440_200),
  ];
  let state = initialState({ name: "./logs", costOf, size }, { isOnly: false });
  state = update(state, { kind: "runs", runs, isComplete: true });
  const overviews = new Map([
    ["run-a", { ...overview, status: "ok" }],
    ["run-b", { ...overview, status: "error", errors: 3, agent: null, costUsd: null }],
  ]);
  return update(state, { kind: "overviews", overviews });
}
