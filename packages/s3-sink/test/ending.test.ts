import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { testEntry } from "@step-log/sink-testkit";
import { expect, test } from "vitest";
import { withS3Sink } from "../src/index.ts";
import { type Child, start, temporaryFolder } from "./child.ts";
import { linesIn } from "./lines-in.ts";
import { rig, run } from "./rig.ts";
import { until } from "./until.ts";

interface Input {
  readonly ending: string;
  readonly count?: number;
  readonly options?: object;
}

function record(endpoint: string, { ending, count = 20, options = {} }: Input): Child {
  const input = { endpoint, runId: "run", count, ending, pauseEvery: 1_000, quiet: true, options };
  return start("record", input);
}

function toldBy(child: Child): { code: string; lost: number }[] {
  return child
    .stderr()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { code: string; lost: number })
    .map(({ code, lost }) => ({ code, lost }));
}

test("a program that ends without closing has everything stored before it ends", async () => {
  const { server, proxy } = await rig();
  const child = record(proxy.url, { ending: "nothing" });
  expect(await child.ended).toEqual({ code: 0, signal: null });
  expect(linesIn(server)).toHaveLength(20);
  expect(child.stderr()).toBe("");
});

test("a program that ends while the bucket is away waits for the deadline, and says what is lost", async () => {
  const { proxy } = await rig(() => "slowdown");
  const child = record(proxy.url, { ending: "nothing", options: { deadlineMs: 500 } });
  expect(await child.ended).toEqual({ code: 0, signal: null });
  expect(toldBy(child).at(-1)).toEqual({ code: "WRITE_FAILED", lost: 20 });
});

test("process.exit() says what is lost, and keeps the exit code", async () => {
  const { server, proxy } = await rig();
  const child = record(proxy.url, { ending: "process.exit" });
  expect(await child.ended).toEqual({ code: 3, signal: null });
  expect(server.keys()).toEqual([]);
  expect(toldBy(child)).toEqual([{ code: "WRITE_FAILED", lost: 20 }]);
});

test("process.exit() with a spool loses nothing", async () => {
  const { server, proxy, sink: make } = await rig();
  const spoolDir = temporaryFolder();
  const child = record(proxy.url, { ending: "process.exit", options: { spoolDir } });
  expect(await child.ended).toEqual({ code: 3, signal: null });
  expect(child.stderr()).toBe("");
  await make({ spoolDir }).close();
  expect(linesIn(server)).toHaveLength(20);
});

test("signals end a program as ever, unless asked to be handled", async () => {
  const { server, proxy } = await rig();
  const child = record(proxy.url, { ending: "wait" });
  await child.line((line) => line === "recorded");
  child.process.kill("SIGTERM");
  expect(await child.ended).toEqual({ code: null, signal: "SIGTERM" });
  expect(server.keys()).toEqual([]);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s stores everything first, when asked to",
  async (signal) => {
    const { server, proxy } = await rig();
    const child = record(proxy.url, { ending: "wait", options: { handleSignals: true } });
    await child.line((line) => line === "recorded");
    child.process.kill(signal);
    expect(await child.ended).toEqual({ code: null, signal });
    expect(linesIn(server)).toHaveLength(20);
  },
);

test("SIGTERM while the bucket hangs ends the program at the deadline; the spool has the rest", async () => {
  const { server, proxy, sink: make } = await rig(() => "hang");
  const spoolDir = temporaryFolder();
  const options = { handleSignals: true, deadlineMs: 700, spoolDir };
  const child = record(proxy.url, { ending: "wait", options });
  await child.line((line) => line === "recorded");
  const began = performance.now();
  child.process.kill("SIGTERM");
  expect(await child.ended).toEqual({ code: null, signal: "SIGTERM" });
  expect(performance.now() - began).toBeLessThan(5_000);
  proxy.plan = undefined;
  await make({ spoolDir }).close();
  expect(linesIn(server)).toHaveLength(20);
  expect(readdirSync(spoolDir)).toEqual([]);
});

test("SIGTERM while the bucket hangs says what is lost, without a spool", async () => {
  const { proxy } = await rig(() => "hang");
  const options = { handleSignals: true, deadlineMs: 300 };
  const child = record(proxy.url, { ending: "wait", options });
  await child.line((line) => line === "recorded");
  child.process.kill("SIGTERM");
  expect(await child.ended).toEqual({ code: null, signal: "SIGTERM" });
  expect(toldBy(child)).toEqual([{ code: "WRITE_FAILED", lost: 20 }]);
});

test("a process that is frozen in the middle of a request goes on as if nothing had been", async () => {
  const { server, proxy } = await rig();
  const options = { requestTimeoutMs: 300, partBytes: 4_096, flushMs: 20 };
  const input = { endpoint: proxy.url, runId: "run", count: 400, ending: "close", pauseEvery: 5 };
  const child = start("record", { ...input, quiet: true, options });
  for (let i = 0; i < 3; i++) {
    await until(() => server.keys().length > i * 3);
    child.process.kill("SIGSTOP");
    // Longer than a request may take.
    await sleep(600);
    child.process.kill("SIGCONT");
  }
  expect(await child.ended).toEqual({ code: 0, signal: null });
  const steps = linesIn(server).map((line) => (JSON.parse(line) as { step: number }).step);
  expect(steps).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
});

test("an idle sink does not keep the process alive, with a part that is not stored either", async () => {
  const { proxy } = await rig(() => "slowdown");
  const child = record(proxy.url, { ending: "nothing", options: { deadlineMs: 0 } });
  expect((await child.ended).code).toBe(0);
});

test("without the AWS SDK, records are kept and the error says what to install", async () => {
  const { proxy } = await rig();
  const child = start("no-sdk", { endpoint: proxy.url });
  expect(await child.ended).toEqual({ code: 0, signal: null });
  expect(child.lines.map((line) => JSON.parse(line) as object)).toEqual([
    {
      told: "MISSING_PACKAGE",
      message:
        "s3: the AWS SDK could not be loaded: npm install @aws-sdk/client-s3, or give a store of your own",
    },
    { flush: "MISSING_PACKAGE", lost: 0, pending: 1 },
  ]);
});

test("a wrapped Lambda handler answers when what it logged is stored, and its errors are its own", async () => {
  const { sink: make, expectStored } = await rig();
  const sink = make({ flushMs: 600_000 });
  const [first, second] = run("run", 2);
  const handler = withS3Sink(sink, async (event: { readonly fail: boolean }, _context: object) => {
    sink.write((event.fail ? second : first) as NonNullable<typeof first>);
    if (event.fail) throw new Error("the handler's own");
    return "answer";
  });
  expect(await handler({ fail: false }, {})).toBe("answer");
  expectStored([first].flatMap((entry) => entry ?? []));
  await expect(handler({ fail: true }, {})).rejects.toThrow("the handler's own");
  expectStored([first, second].flatMap((entry) => entry ?? []));
});

test("a wrapped Lambda handler answers in time though the bucket is away", async () => {
  const { sink: make, server, expectStored, proxy } = await rig(() => "hang");
  const sink = make({ requestTimeoutMs: 1_000 });
  const entry = testEntry({ runId: "run", step: 1 });
  const handler = withS3Sink(sink, async () => {
    if (sink.stats().pending === 0) sink.write(entry);
    return "answer";
  });
  const began = performance.now();
  expect(await handler({}, { getRemainingTimeInMillis: () => 1_000 })).toBe("answer");
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(server.keys()).toEqual([]);
  // The next invocation brings it in.
  proxy.plan = undefined;
  await sink.close();
  expectStored([entry]);
}, 60_000);
