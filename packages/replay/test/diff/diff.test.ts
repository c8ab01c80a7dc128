import { describe, expect, test } from "vitest";
import { diff, formatDiff, Replay } from "../../src/index.ts";
import { type MadeStep, makeRun } from "../make-run.ts";

const think: MadeStep = { model: "claude-sonnet-4-6", inputTokens: 1000 };
const search = (query: string, output: unknown = []): MadeStep => ({
  tool: "search",
  input: { query },
  output,
});
const fetchPage = (id: number): MadeStep => ({ tool: "fetch_page", input: { id }, output: "text" });

async function kinds(a: readonly MadeStep[], b: readonly MadeStep[]) {
  const result = diff(await makeRun("a", a), await makeRun("b", b));
  return result.steps.map((it) => `${it.kind} ${(it.b ?? it.a)?.name}`);
}

describe("two runs", () => {
  test("that did the same are the same, whatever their ids and times", async () => {
    const steps = [think, search("x"), think, { event: "done", data: { ok: true } }];
    const result = diff(await makeRun("a", steps), await makeRun("b", steps));
    expect(result).toMatchObject({ same: true, firstDivergence: null, counts: { same: 4 } });
    expect(result.costUsd).toBeNull();
  });

  test("are aligned by what steps are: one more at the beginning shifts nothing", async () => {
    const rest = [think, search("x"), think, search("y"), think];
    expect(await kinds(rest, [fetchPage(1), ...rest])).toEqual([
      "added fetch_page",
      ...["claude-sonnet-4-6", "search", "claude-sonnet-4-6", "search", "claude-sonnet-4-6"].map(
        (name) => `same ${name}`,
      ),
    ]);
  });

  test("keep calls together that were given the same, so that it is the first that was dropped", async () => {
    expect(
      await kinds([search("x"), search("y"), search("z")], [search("y"), search("z")]),
    ).toEqual(["dropped search", "same search", "same search"]);
  });

  test("tell which inputs and outputs changed, by their paths", async () => {
    const a = await makeRun("a", [think, search("Q3", ["a"]), think]);
    const b = await makeRun("b", [think, search("Q4", ["a", "b"]), think]);
    const { firstDivergence, counts } = diff(a, b);
    expect(counts).toEqual({ same: 2, changed: 1, moved: 0, added: 0, dropped: 0 });
    expect(firstDivergence).toMatchObject({ kind: "changed", a: { number: 2 }, b: { number: 2 } });
    expect(firstDivergence?.changes).toEqual([
      { path: "/input/query", a: "Q3", b: "Q4" },
      { path: "/output/1", a: undefined, b: "b" },
    ]);
  });

  test("tell of tools in another order", async () => {
    const result = diff(
      await makeRun("a", [think, search("x"), think, fetchPage(1), think]),
      await makeRun("b", [think, fetchPage(1), think, search("x"), think]),
    );
    expect(result.counts).toMatchObject({ added: 0, dropped: 0, changed: 0 });
    expect(result.tools).toEqual({ added: [], dropped: [], moved: ["search"] });
  });

  test("of which one has other tools name them", async () => {
    const result = diff(
      await makeRun("a", [think, search("x")]),
      await makeRun("b", [think, fetchPage(1)]),
    );
    expect(result.tools).toEqual({ added: ["fetch_page"], dropped: ["search"], moved: [] });
  });

  test("on another model are compared call by call", async () => {
    const other: MadeStep = { model: "gpt-5.1", inputTokens: 900 };
    const { counts, firstDivergence } = diff(
      await makeRun("a", [think, search("x"), think]),
      await makeRun("b", [other, search("x"), other]),
    );
    expect(counts).toMatchObject({ changed: 2, same: 1 });
    expect(firstDivergence?.changes).toEqual([
      { path: "/model", a: "claude-sonnet-4-6", b: "gpt-5.1" },
    ]);
  });

  test("that ended otherwise are not the same, though their steps are", async () => {
    const result = diff(
      await makeRun("a", [think]),
      await makeRun("b", [think], { error: "broke off" }),
    );
    expect(result).toMatchObject({ same: false, status: { a: "ok", b: "error" } });
    expect(result.firstDivergence).toBeNull();
  });

  test("cost what the given function says", async () => {
    const a = await makeRun("a", [think]);
    const b = await makeRun("b", [think, think]);
    const { costUsd, tokens } = diff(a, b, { costOf: () => ({ usd: 0.1 }) });
    expect(costUsd).toEqual({ a: 0.1, b: 0.2 });
    expect(tokens).toMatchObject({ a: { input: 1000 }, b: { input: 2000 } });
  });

  test("may differ where a rule says so", async () => {
    const call = (request: string): MadeStep => ({
      tool: "search",
      input: { list: [{ request }] },
      output: { at: { deep: request } },
    });
    const [a, b] = [await makeRun("a", [call("1")]), await makeRun("b", [call("2")])];
    expect(diff(a, b).same).toBe(false);
    expect(diff(a, b, { ignore: ["/input/list/*/request"] }).firstDivergence?.changes).toEqual([
      { path: "/output/at/deep", a: "1", b: "2" },
    ]);
    expect(diff(a, b, { ignore: ["/input/**/request", "/output/at"] }).same).toBe(true);
    expect(() => diff(a, b, { ignore: ["input"] })).toThrow(TypeError);
  });
});

test("a difference reads as lines, in which a log can do a terminal no harm", async () => {
  const a = await makeRun("run-a", [think, search("Q3"), fetchPage(1)]);
  const b = await makeRun("run-b", [think, search("\u001b[2JQ4"), { event: "stop", data: 1 }]);
  const text = formatDiff(diff(a, b, { costOf: () => 0.5 }));
  expect(text.replaceAll(/seconds.*?,/g, "seconds,")).toBe(
    [
      "--- run-a",
      "+++ run-b",
      "status: ok, tokens: 1000, seconds, US dollars: 0.5",
      "1 same, 1 changed, 1 added, 1 dropped",
      "~ step 2 tool_call search",
      String.raw`    /input/query: "Q3" -> "\u001b[2JQ4"`,
      '- step 3 tool_call fetch_page {"id":1}',
      "+ step 3 event stop 1",
    ].join("\n"),
  );
});

test("values as deep as a stranger may nest them are compared, not thrown at", () => {
  const deep = (end: number) =>
    JSON.parse(
      `{"run_id":"r","step":1,"type":"tool_call","tool":"t","ts":1,"input":${"[".repeat(5000)}${end}${"]".repeat(5000)},"output":null,"error":null,"duration_ms":1}`,
    );
  const [a, b] = [Replay.of([deep(1)]), Replay.of([deep(2)])];
  expect(diff(a, b).counts.changed).toBe(1);
  expect(formatDiff(diff(a, b))).toContain("tool_call t");
});
