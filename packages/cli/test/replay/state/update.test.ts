import { Replay } from "@step-log/replay";
import { expect, test } from "vitest";
import { initialState, pageOf } from "../../../src/replay/state/replay-state.ts";
import { update } from "../../../src/replay/state/update.ts";
import { longRun, RESEARCH } from "../../support/agent-log.ts";
import { costOf, frame, opened, press, recordsOf, selected } from "../support/session.ts";

const LONG = longRun("run-long", 500);

test("arrows, pages and ends move the selected row, and stop at the ends", () => {
  const state = opened(LONG);
  expect(selected(state)).toMatch(/^1 tool/);
  expect(selected(press(state, "up"))).toMatch(/^1 tool/);
  expect(selected(press(state, "down", "j"))).toMatch(/^3 tool/);
  // 24 rows, of which 4 are around the list.
  expect(selected(press(state, "pagedown"))).toMatch(/^21 tool/);
  expect(selected(press(state, "end", "k"))).toMatch(/^499 tool/);
  expect(selected(press(state, "G", "g"))).toMatch(/^1 tool/);
  expect(frame(press(state, "end"))).toContain("500 of 500");
});

test("e and E go from error to error, and say where there is none", () => {
  const state = opened(LONG);
  expect(selected(press(state, "e"))).toMatch(/^✗ 10 tool/);
  expect(selected(press(state, "e", "e", "E"))).toMatch(/^✗ 10 tool/);
  expect(press(state, "E").notice).toBe("no error before this step");
  expect(press(state, "end", "e").notice).toBe("no other error after this one");
});

test("x lists errors alone, and leaves the same step selected", () => {
  const state = press(opened(LONG), "e", "e", "x");
  expect(selected(state)).toMatch(/^✗ 20 tool/);
  expect(frame(state)).toContain("2 of 50");
  expect(selected(press(state, "down", "x"))).toMatch(/^✗ 30 tool/);
});

test("s has the slowest first, m the calls with the most tokens", () => {
  const replay = Replay.of(recordsOf(LONG));
  expect(selected(press(opened(LONG), "s"))).toContain(`${replay.slowest(1)[0]?.number} tool`);
  expect(selected(press(opened(RESEARCH), "m"))).toMatch(/^7 llm/);
});

test("a search looks into payloads, goes on with n and N, and around the ends", () => {
  const state = press(opened(LONG), "/needle", "return");
  expect(selected(state)).toMatch(/^499 tool/);
  expect(frame(state)).toContain("needle: 1 step");
  expect(press(state, "n").notice).toBe("went on from the first step");
  const many = press(opened(LONG), "/question 49", "return");
  expect(selected(many)).toMatch(/^49 tool/);
  expect(selected(press(many, "n"))).toMatch(/^✗ 490 tool/);
  expect(selected(press(many, "N"))).toMatch(/^499 tool/);
  expect(press(opened(LONG), "/nowhere", "return").notice).toBe("nothing matches nowhere");
});

test("a search takes any case for small letters, and the very one for capitals", () => {
  expect(selected(press(opened(RESEARCH), "/q3 REV", "return"))).toMatch(/^0 start/);
  expect(selected(press(opened(RESEARCH), "/q3 rev", "return"))).toMatch(/^1 llm|^3 tool/);
});

test("a search on the page of a step goes through its lines, then to the next step", () => {
  const state = press(opened(RESEARCH), "e", "return", "/econnrefused", "return");
  expect(frame(state)).toContain("step 5");
  const next = press(state, "/41.7", "return");
  expect(frame(next)).toContain("step 8");
});

test("a typed search can be mended and given up", () => {
  const state = press(opened(LONG), "/neex", "backspace", "dle", "return");
  expect(selected(state)).toMatch(/^499 tool/);
  expect(press(opened(LONG), "/nee", "escape")).toMatchObject({ prompt: null, search: null });
});

test("Enter opens a step, arrows go to its neighbours, Esc goes back to the list", () => {
  const state = press(opened(LONG), "down", "return");
  expect(frame(state)).toContain("logs › run-long › step 2");
  expect(frame(press(state, "right", "right", "left"))).toContain("› step 3");
  expect(press(state, "left", "left").notice).toBe("this is the first step");
  const back = press(state, "right", "escape");
  expect(pageOf(back).kind).toBe("steps");
  expect(selected(back)).toMatch(/^3 tool/);
});

test("a step's neighbours are those of the list that it was opened from", () => {
  const state = press(opened(LONG), "x", "return", "right");
  expect(frame(state)).toContain("› step 20");
});

test("q leaves from the first page, Q and Ctrl-C from everywhere", () => {
  const state = opened(LONG);
  expect(press(state, "q").leaving).toBe("quit");
  expect(press(state, "return", "q").leaving).toBeNull();
  expect(press(state, "return", "Q").leaving).toBe("quit");
  const ctrlC = { kind: "key", key: { name: "c", ctrl: true } } as const;
  expect(update(press(state, "/a"), ctrlC).leaving).toBe("interrupt");
});

test("steps are gone to by their numbers", () => {
  expect(selected(press(opened(LONG), ":321", "return"))).toMatch(/^321 tool/);
  expect(press(opened(LONG), ":9999", "return").notice).toBe("there is no step 9999");
  expect(selected(press(opened(LONG), "x", ":321", "return"))).toMatch(/^321 tool/);
});

test("what is inside a step is folded away in the tree, and unfolded again", () => {
  const tree = press(opened(RESEARCH), "t", "down", "down");
  expect(frame(tree)).toContain("├─ ║ tool search");
  const folded = press(tree, "left");
  expect(frame(folded)).toContain("▸ tool delegate");
  expect(frame(folded)).not.toContain("tool search");
  expect(frame(press(folded, "tab"))).toContain("└─ ║ tool search");
  expect(selected(press(tree, "down", "t"))).toMatch(/^3 tool/);
});

test("runs are listed with the last one first, and stay selected while more are found", () => {
  const size = { columns: 80, rows: 24 };
  const run = (runId: string, startedAt: number) => ({ runId, startedAt, overview: null });
  let state = initialState({ name: "logs", costOf, size }, { isOnly: false });
  state = update(state, { kind: "runs", runs: [run("a", 10), run("b", 20)], isComplete: false });
  state = press(state, "down");
  expect(selected(state)).toMatch(/^a /);
  state = update(state, { kind: "runs", runs: [run("c", 30), run("d", 5)], isComplete: true });
  expect(selected(state)).toMatch(/^a /);
  expect(frame(state)).toContain("3 of 4");
  expect(press(state, "return").pages).toHaveLength(2);
});

test("of a log that was not looked through yet, q leads to the list of runs if there are more", () => {
  const size = { columns: 80, rows: 24 };
  const replay = Replay.of(recordsOf(LONG), { costOf });
  let state = initialState({ name: "l", costOf, size }, { runId: "run-long", isOnly: false });
  state = update(state, { kind: "read", replay, isComplete: true });
  const run = (runId: string) => ({ runId, startedAt: 1, overview: null });
  const one = update(state, { kind: "runs", runs: [run("run-long")], isComplete: true });
  expect(press(one, "q").leaving).toBe("quit");
  const two = update(state, { kind: "runs", runs: [run("run-long"), run("x")], isComplete: true });
  expect(two.notice).toBe("2 runs in this log; q shows the list");
  expect(pageOf(press(two, "q")).kind).toBe("runs");
});

test("a run that cannot be read is left for the list, and one that cannot be followed is shown", () => {
  const size = { columns: 80, rows: 24 };
  let state = initialState({ name: "l", costOf, size }, { runId: "gone", isOnly: false });
  state = update(state, { kind: "failed", what: "read", text: "it is gone" });
  expect(pageOf(state).kind).toBe("runs");
  expect(frame(state)).toContain("it is gone");
  const following = press(opened(LONG), "f");
  const failed = update(following, { kind: "failed", what: "follow", text: "of another tool" });
  expect(failed).toMatchObject({ isFollowing: false, notice: "of another tool" });
  expect(pageOf(failed).kind).toBe("steps");
});

test("who follows a run stays at its end, and who looks at something else there", () => {
  const [first = [], all = []] = [recordsOf(LONG).slice(0, 100), recordsOf(LONG)];
  const follow = (keys: readonly string[]) => {
    let state = opened(LONG);
    const size = { columns: 80, rows: 24 };
    state = initialState({ name: "l", costOf, size }, { runId: "run-long", isOnly: true });
    state = update(state, { kind: "read", replay: Replay.of(first), isComplete: true });
    state = press(state, ...keys);
    return update(state, { kind: "read", replay: Replay.of(all), isComplete: true });
  };
  expect(selected(follow(["f"]))).toMatch(/^✗ 500 tool/);
  expect(selected(follow(["f", "up"]))).toMatch(/^99 tool/);
  expect(selected(follow(["f", "f"]))).toMatch(/^✗ 100 tool/);
  expect(frame(follow(["f"]))).toContain("following");
});

test("of 100,000 steps those that are seen are laid out, and no others", () => {
  const records = Array.from({ length: 100_000 }, (_, i) => ({
    ...{ run_id: "r", step: i + 1, type: "llm_call", model: "m", ts: i },
    ...{ input_tokens: 1, output_tokens: 1, stop_reason: null, duration_ms: 1 },
  }));
  let priced = 0;
  const price = () => {
    priced++;
    return 0.01;
  };
  const replay = Replay.of(records as never, { costOf: () => 0.01 });
  const size = { columns: 100, rows: 40 };
  let state = initialState({ name: "l", costOf: price, size }, { runId: "r", isOnly: true });
  state = update(state, { kind: "read", replay, isComplete: true });
  for (const key of ["down", "pagedown", "end", "home", "s"]) {
    priced = 0;
    state = press(state, key);
    frame(state);
    expect(priced).toBe(36);
  }
});
