import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memorySink, type Sink, StepLog } from "@step-log/core";
import { fsSink, fsSource } from "@step-log/fs-sink";
import { afterAll, describe, expect, test } from "vitest";
import { Replay, type RunTree, runTree, type StepNode } from "../../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-tree-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A run that starts two agents, one of which starts a third, and one at no step. */
async function recordFamily(sink: Sink): Promise<void> {
  const top = new StepLog({ sink, runId: "top" });
  const start = (parent: StepLog, runId: string, parentStep: number) =>
    parent.child({ runId, parentStep });
  await top.tool("delegate", { to: 2 }, async ({ step }) => {
    const [a, b] = [start(top, "a", step), start(top, "b", step)];
    await a.tool("dig", {}, async ({ step: inner }) => start(a, "a1", inner).close());
    await Promise.all([a.close(), b.close()]);
  });
  await top.child({ runId: "loose" }).close();
  const stranger = new StepLog({ sink, runId: "stranger" });
  await stranger.close();
  await top.close();
  await sink.flush();
}

const names = (node: StepNode): unknown => [
  node.step.name ?? node.step.type,
  ...node.children.map(names),
  ...node.runs.map(namesOf),
];
const namesOf = ({ runId, steps, runs }: RunTree): unknown => [
  runId,
  ...steps.map(names),
  ...runs.map(namesOf),
];

const FAMILY = [
  "top",
  ["run_start"],
  [
    "delegate",
    ["a", ["run_start"], ["dig", ["a1", ["run_start"], ["run_end"]]], ["run_end"]],
    ["b", ["run_start"], ["run_end"]],
  ],
  ["run_end"],
  ["loose", ["run_start"], ["run_end"]],
];

describe("the runs of sub-agents are found at the steps that started them", () => {
  test("in memory", async () => {
    const sink = memorySink();
    await recordFamily(sink);
    expect(namesOf(await runTree(sink, "top"))).toEqual(FAMILY);
  });

  test.for(["folder/", "shared.jsonl"])("in files: %s", async (location) => {
    const path = join(folder, location);
    const sink = fsSink(path);
    await recordFamily(sink);
    await sink.close();
    expect(namesOf(await runTree(fsSource(path), "top"))).toEqual(FAMILY);
  });

  test("as many as were asked for", async () => {
    const sink = memorySink();
    await recordFamily(sink);
    expect(namesOf(await runTree(sink, "top", { maxRuns: 1 }))).toEqual([
      "top",
      ["run_start"],
      ["delegate"],
      ["run_end"],
    ]);
    await expect(runTree(sink, "top", { maxRuns: 0 })).rejects.toThrow(TypeError);
  });

  test("also where runs are each other's parents", async () => {
    const sink = memorySink();
    for (const [runId, parentRunId] of [
      ["x", "y"],
      ["y", "x"],
    ] as const) {
      await new StepLog({ sink, runId, run: { parentRunId } }).close();
    }
    const tree = await runTree(sink, "x");
    expect(tree.runs.map(({ runId, runs }) => [runId, runs])).toEqual([["y", []]]);
  });
});

test("a tree of 50,000 levels is one, and steps that are inside each other are not", () => {
  const records = Array.from({ length: 50_000 }, (_, i) => {
    const step = i + 1;
    const known = { run_id: "r", type: "event", name: `e${step}`, data: null } as const;
    return { ...known, step, ts: step, parent_step: i === 0 ? 2 : i };
  });
  let [node] = Replay.of(records).tree();
  let depth = 0;
  for (; node !== undefined; node = node.children[0]) depth++;
  expect(depth).toBe(50_000);
});
