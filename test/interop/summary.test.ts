import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { summarize } from "../../packages/core/src/index.ts";
import { fsSink, fsSource } from "../../packages/fs-sink/src/index.ts";
import { skipWithoutData } from "../real-data/data-folder.ts";
import { recordRuns } from "../real-data/record-runs.ts";
import { SOURCES } from "../real-data/sources.ts";
import { pythonSummary, skipWithoutPython } from "./python.ts";
import { recordSession } from "./record-session.ts";
import { expectSameSummary } from "./same-summary.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-python-"));
afterAll(() => rmSync(folder, { recursive: true }));
vi.setConfig({ testTimeout: 60_000 });
beforeEach(skipWithoutPython);

test("Python reads a log of ours strictly, and comes to the same summary", async () => {
  const path = join(folder, "hand-made.jsonl");
  const sink = fsSink(path);
  await recordSession(sink);
  await sink.close();
  const summary = await summarize(fsSource(path).readAll());
  expect(summary).toMatchObject({
    runs: 2,
    llmCallCount: 6,
    toolCallCount: 28,
    eventCount: 1,
    errorCount: 7,
    unfinishedCount: 1,
    tokenLimitCount: 2,
    droppedCount: 1,
    badLines: 0,
  });
  expectSameSummary(await pythonSummary(["--well-formed", path]), summary);
});

describe("real sessions", () => {
  beforeEach(skipWithoutData);

  test.for(SOURCES)("Python comes to the same summary of %s", async ([name, read]) => {
    const logs = join(folder, `${name}/`);
    const onError = () => {}; // of a busy machine
    const sink = fsSink(logs, { durability: "buffered", onError });
    for (const log of recordRuns(read(), sink)) await log.close();
    await sink.close();
    const files = readdirSync(logs).filter((file) => file.endsWith(".jsonl"));
    const inPython = await pythonSummary([
      "--well-formed",
      ...files.map((file) => join(logs, file)),
    ]);
    expectSameSummary(inPython, await summarize(fsSource(logs).readAll()));
  });
});
