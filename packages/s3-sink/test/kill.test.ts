import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { seededShare } from "@step-log/s3-servers";
import { expect, test } from "vitest";
import { start, temporaryFolder } from "./child.ts";
import { linesIn } from "./lines-in.ts";
import { rig } from "./rig.ts";

const KILLS = Number(process.env["STEP_LOG_KILL_ROUNDS"] ?? 34);

test(`${KILLS} times kill -9 at any moment, with a spool: what was taken is stored, once`, async () => {
  const { server, proxy } = await rig(seededShare(1, 0.3, ["reset-after-store", "error"]));
  const spoolDir = temporaryFolder();
  const options = { spoolDir, partBytes: 4_096, flushMs: 20 };
  const seed = Number(process.env["STEP_LOG_SEED"] ?? Date.now() % 100_000);
  console.log(`seed ${seed}`);
  let state = seed;
  const taken = new Map<string, number>();
  for (let round = 0; round < KILLS; round++) {
    const runId = `run-${round}`;
    const input = {
      endpoint: proxy.url,
      runId,
      count: 1e6,
      ending: "wait",
      pauseEvery: 5,
      options,
    };
    const child = start("record", input);
    await child.line(() => true);
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    await sleep((state / 2 ** 32) * 400);
    child.process.kill("SIGKILL");
    const { code, signal } = await child.ended;
    expect({ code, signal, stderr: signal === null ? child.stderr() : "" }).toEqual({
      code: null,
      signal: "SIGKILL",
      stderr: "",
    });
    taken.set(runId, Number(child.lines.filter((line) => /^\d+$/.test(line)).at(-1)));
  }
  // The last process takes over what is left of all.
  const input = { endpoint: proxy.url, runId: "last", count: 1, ending: "close", pauseEvery: 1 };
  const last = start("record", { ...input, options });
  expect((await last.ended).code).toBe(0);
  expect(last.lines).toContain("closed");

  const steps = new Map<string, number[]>();
  for (const line of linesIn(server)) {
    const { run_id, step } = JSON.parse(line) as { run_id: string; step: number };
    steps.set(run_id, [...(steps.get(run_id) ?? []), step]);
  }
  for (const [runId, count] of taken) {
    const found = (steps.get(runId) ?? []).toSorted((a, b) => a - b);
    // One more may have been on its way when the process was killed.
    const expected = Array.from({ length: Math.max(count, found.length) }, (_, i) => i + 1);
    expect({ runId, found }).toEqual({ runId, found: expected });
    expect(found.length).toBeLessThanOrEqual(count + 1);
  }
  expect(
    readdirSync(spoolDir, { recursive: true }).filter((name) =>
      /\.(open|sealed)$/.test(String(name)),
    ),
  ).toEqual([]);
}, 300_000);
