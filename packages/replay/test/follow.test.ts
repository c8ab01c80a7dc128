import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StepLog } from "@step-log/core";
import { fsSink, fsSource } from "@step-log/fs-sink";
import { afterAll, expect, test } from "vitest";
import { Replay } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "step-log-follow-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a run is followed while it goes on, from where it had been read", async () => {
  const sink = fsSink(`${folder}/`);
  const log = new StepLog({ sink, runId: "live" });
  await log.tool("first", {}, async () => 1);
  await log.flush();
  const replay = await Replay.open(fsSource(`${folder}/`), "live");
  expect(replay.length).toBe(2);

  const seen: string[] = [];
  let finish = (_: number) => {};
  const opened = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const second = log.tool("second", {}, () => opened);
  for await (const step of replay.follow(fsSource(`${folder}/`, { follow: true }), {
    signal: AbortSignal.timeout(20_000),
  })) {
    seen.push(`${step.name ?? step.type} ${step.state}`);
    if (seen.length === 1) finish(2);
    if (seen.length === 2) log.end();
    if (step.type === "run_end") break;
  }
  expect(await second).toBe(2);
  expect(seen).toEqual(["second unfinished", "second done", "run_end done"]);
  expect(replay.length).toBe(4);
  await log.close();
  await sink.close();
});

test("following ends when it is aborted", async () => {
  const path = join(folder, "idle.jsonl");
  const sink = fsSink(path);
  await new StepLog({ sink, runId: "idle" }).close();
  await sink.close();
  const left = new AbortController();
  const replay = new Replay("idle");
  const follow = async () => {
    const source = fsSource(path, { follow: true });
    for await (const { type } of replay.follow(source, { signal: left.signal })) {
      if (type === "run_end") left.abort(new Error("enough"));
    }
  };
  await expect(follow()).rejects.toThrow("enough");
  expect(replay.length).toBe(2);
});
