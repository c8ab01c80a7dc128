import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { REFUSALS } from "@step-log/s3-servers";
import { testEntry } from "@step-log/sink-testkit";
import { expect, onTestFinished, test } from "vitest";
import { thisOwner } from "../../src/spool/spool-owner.ts";
import { start, temporaryFolder } from "../child.ts";
import { linesIn } from "../lines-in.ts";
import { rig, run } from "../rig.ts";
import { until } from "../until.ts";

/** Files of parts in a spool, from the folder of the sink on. */
function filesIn(spoolDir: string): string[] {
  return fs
    .readdirSync(spoolDir, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(open|sealed)$/.test(name))
    .map((name) => name.split("/").slice(2).join("/"));
}

test("a record stands in the spool when write returns, and is gone from it when it is stored", async () => {
  const { sink: make, expectStored } = await rig();
  const spoolDir = temporaryFolder();
  const sink = make({ spoolDir });
  const entries = run("run", 3);
  for (const entry of entries) sink.write(entry);
  const [name = ""] = filesIn(spoolDir);
  expect(name).toMatch(/^run\.[0-9a-f]{16}\.00000000\.open$/);
  const [folder = ""] = fs.readdirSync(spoolDir).map((hash) => join(spoolDir, hash));
  const path = join(folder, fs.readdirSync(folder)[0] ?? "", name);
  const [header = "", ...lines] = fs.readFileSync(path, "utf8").match(/.*\n/g) ?? [];
  expect(JSON.parse(header)).toMatchObject({ v: 1, run_id: "run", seq: 0, compression: "gzip" });
  expect(lines).toEqual(entries.map(({ line }) => line));
  expect(fs.statSync(path).mode & 0o777).toBe(0o600);
  await sink.close();
  expectStored(entries);
  expect(fs.readdirSync(spoolDir, { recursive: true })).toEqual([]);
});

test.each(["spool", "spool-fsync"] as const)(
  "with ack %s, flush needs no bucket, and close leaves to the spool what cannot be stored",
  async (ack) => {
    const { sink: make, server, told, expectStored } = await rig();
    server.refuse = () => REFUSALS.slowDown;
    const spoolDir = temporaryFolder();
    const sink = make({ spoolDir, ack, deadlineMs: 200 });
    const entries = run("run", 3);
    for (const entry of entries) sink.write(entry);
    await sink.flush();
    expect(sink.stats()).toMatchObject({ written: 0, pending: 3, parts: 0 });
    await sink.close();
    expect(sink.stats()).toMatchObject({ written: 0, pending: 3, parts: 1 });
    expect(filesIn(spoolDir)).toHaveLength(1);
    server.refuse = undefined;
    await until(() => sink.stats().pending === 0, 20_000);
    expectStored(entries);
    expect(told.every(({ lost }) => lost === 0)).toBe(true);
  },
);

test("with ack s3, close says that the rest is not stored, though the spool has it", async () => {
  const { sink: make, server } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const sink = make({ spoolDir: temporaryFolder(), ack: "s3", deadlineMs: 200 });
  for (const entry of run("run", 3)) sink.write(entry);
  await expect(sink.close()).rejects.toMatchObject({ code: "WRITE_FAILED", lost: 0, pending: 3 });
});

test("what does not fit into memory waits in the spool alone", async () => {
  const { sink: make, server, expectStored } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const maxBufferBytes = 100_000;
  const sink = make({ spoolDir: temporaryFolder(), maxBufferBytes, partBytes: 10_000 });
  const entries = run("run", 1_000);
  let most = 0;
  for (const [i, entry] of entries.entries()) {
    sink.write(entry);
    most = Math.max(most, sink.stats().bufferedBytes);
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(most).toBeLessThanOrEqual(1.05 * maxBufferBytes);
  expect(sink.stats()).toMatchObject({ pending: 1_000, dropped: 0 });
  server.refuse = undefined;
  await sink.close();
  expectStored(entries);
  expect(sink.stats()).toMatchObject({ written: 1_000, bufferedBytes: 0, spooledBytes: 0 });
});

/** Has a process record and be killed while the bucket is away; gives the folder that it leaves. */
async function leaveBehind(endpoint: string, spoolDir: string, count = 20): Promise<string> {
  const options = { spoolDir, partBytes: 4_096 };
  const input = { endpoint, runId: "run", count, ending: "wait", pauseEvery: 100, options };
  const child = start("record", input);
  await child.line((line) => line === "recorded");
  child.process.kill("SIGKILL");
  await child.ended;
  const [hash = ""] = fs.readdirSync(spoolDir);
  const [folder = ""] = fs.readdirSync(join(spoolDir, hash));
  return join(spoolDir, hash, folder);
}

function stepsIn(lines: readonly string[]): number[] {
  return lines.map((line) => (JSON.parse(line) as { step: number }).step).toSorted((a, b) => a - b);
}

const TWENTY = Array.from({ length: 20 }, (_, i) => i + 1);

test("what a killed process left is taken over, though nothing new is recorded", async () => {
  const { sink: make, server, proxy } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const spoolDir = temporaryFolder();
  await leaveBehind(proxy.url, spoolDir);
  server.refuse = undefined;
  const sink = make({ spoolDir });
  await sink.close();
  expect(stepsIn(linesIn(server))).toEqual(TWENTY);
  expect(sink.stats()).toMatchObject({ written: 20, adopted: 20, tornBytes: 0, pending: 0 });
  expect(fs.readdirSync(spoolDir, { recursive: true })).toEqual([]);
});

test("a torn last line is cut off and counted, the lines before it are kept", async () => {
  const { sink: make, server, proxy } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const spoolDir = temporaryFolder();
  const folder = await leaveBehind(proxy.url, spoolDir);
  const open = fs.readdirSync(folder).find((name) => name.endsWith(".open")) ?? "";
  fs.appendFileSync(join(folder, open), '{"run_id":"run","step":21,"type":"ev');
  // Killed before the header was whole, and before a line was.
  fs.writeFileSync(join(folder, "run.0123456789abcdef.00000000.open"), '{"v":1,"run');
  server.refuse = undefined;
  const sink = make({ spoolDir });
  await sink.close();
  expect(stepsIn(linesIn(server))).toEqual(TWENTY);
  expect(sink.stats()).toMatchObject({ adopted: 20, tornBytes: 36 });
  expect(filesIn(spoolDir)).toEqual([]);
});

test("a part that was stored before its process was killed is not stored twice", async () => {
  const { sink: make, server, proxy, count } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const spoolDir = temporaryFolder();
  const folder = await leaveBehind(proxy.url, spoolDir);
  const copy = join(temporaryFolder(), "copy");
  fs.cpSync(folder, copy, { recursive: true });
  server.refuse = undefined;
  await make({ spoolDir }).close();
  const stored = server.keys();
  // As if it had been killed between the answer and the removal of the file.
  fs.mkdirSync(join(folder, ".."), { recursive: true });
  fs.cpSync(copy, folder, { recursive: true });
  await make({ spoolDir }).close();
  expect(server.keys()).toEqual(stored);
  expect(count("PUT", 412)).toBe(stored.length);
  expect(stepsIn(linesIn(server))).toEqual(TWENTY);
});

test("a part keeps the name under which it may be stored, also when the next process compresses otherwise", async () => {
  const { sink: make, server, proxy } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const spoolDir = temporaryFolder();
  await leaveBehind(proxy.url, spoolDir);
  server.refuse = undefined;
  await make({ spoolDir, compression: "none" }).close();
  expect(server.keys().every((key) => key.endsWith(".jsonl.gz"))).toBe(true);
});

test("nothing is taken of a process that lives, nor of one that writes elsewhere", async () => {
  const { sink: make, server, proxy } = await rig();
  const spoolDir = temporaryFolder();
  const options = { spoolDir, flushMs: 600_000 };
  const input = {
    endpoint: proxy.url,
    runId: "run",
    count: 3,
    ending: "wait",
    pauseEvery: 1,
    options,
  };
  const child = start("record", input);
  await child.line((line) => line === "recorded");
  const other = make({ spoolDir });
  await other.close();
  expect(other.stats().adopted).toBe(0);
  child.process.kill("SIGKILL");
  await child.ended;
  const elsewhere = make({ spoolDir }, "other/");
  await elsewhere.close();
  expect(elsewhere.stats().adopted).toBe(0);
  expect(server.keys()).toEqual([]);
  const same = make({ spoolDir });
  await same.close();
  expect(same.stats().adopted).toBe(3);
});

test("several that come at once share what is left behind, each part taken once", async () => {
  const { sink: make, server, proxy } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const spoolDir = temporaryFolder();
  await Promise.all([1, 2, 3].map(() => leaveBehind(proxy.url, spoolDir)));
  server.refuse = undefined;
  const sinks = [1, 2, 3, 4].map(() => make({ spoolDir }));
  await Promise.all(sinks.map((sink) => sink.close()));
  expect(sinks.reduce((sum, sink) => sum + sink.stats().adopted, 0)).toBe(60);
  expect(stepsIn(linesIn(server))).toEqual(TWENTY.flatMap((step) => [step, step, step]));
});

test("a pid that somebody else has by now does not keep a folder from being taken", async () => {
  const { sink: make, server, proxy } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const spoolDir = temporaryFolder();
  const folder = await leaveBehind(proxy.url, spoolDir);
  // This process lives, and began at another time.
  const owner = { ...thisOwner(), start: "1" };
  fs.writeFileSync(join(folder, "LOCK"), JSON.stringify(owner));
  server.refuse = undefined;
  const sink = make({ spoolDir });
  await sink.close();
  expect(sink.stats().adopted).toBe(20);
});

test("a spool that cannot be made is told once; records go to the bucket out of memory", async () => {
  const { sink: make, told, expectStored } = await rig();
  const spoolDir = join(temporaryFolder(), "file");
  fs.writeFileSync(spoolDir, "");
  const sink = make({ spoolDir, partBytes: 4_096 });
  const entries = run("run", 50);
  for (const entry of entries) sink.write(entry);
  await sink.close();
  expectStored(entries);
  expect(told.map(({ code }) => code)).toEqual(["SPOOL_FAILED"]);
});

test("a spool that holds its most takes no more, and what is in it is stored once", async () => {
  const { sink: make, server, told, expectStored } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const spoolDir = temporaryFolder();
  const sink = make({ spoolDir, maxSpoolBytes: 20_500, partBytes: 4_096 });
  const entries = run("run", 50);
  for (const entry of entries) sink.write(entry);
  expect(sink.stats().spooledBytes).toBeLessThanOrEqual(20_500);
  expect(told.map(({ code }) => code)).toEqual(["SPOOL_FAILED"]);
  server.refuse = undefined;
  await sink.close();
  expectStored(entries);
  expect(sink.stats().spooledBytes).toBe(0);
});

const canMount = (() => {
  const folder = temporaryFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder]);
    return true;
  } catch {
    return false;
  }
})();

/** A disk of 64 KiB. */
function smallDisk(): string {
  const folder = temporaryFolder();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  return folder;
}

test.skipIf(!canMount)(
  "a full disk costs the spool and nothing else; it is used again when there is room",
  async () => {
    const { sink: make, server, told } = await rig();
    server.refuse = () => REFUSALS.slowDown;
    const spoolDir = smallDisk();
    const sink = make({ spoolDir, partBytes: 8_192 });
    const entries = run("run", 150);
    for (const entry of entries.slice(0, 100)) sink.write(entry);
    expect(told.map(({ code }) => code)).toContain("SPOOL_FAILED");
    server.refuse = undefined;
    await until(() => sink.stats().written >= 80, 20_000);
    // The spool is tried again a second later, with the next part.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    for (const entry of entries.slice(100)) sink.write(entry);
    expect(filesIn(spoolDir).some((name) => name.endsWith(".open"))).toBe(true);
    await sink.close();
    expect(linesIn(server).toSorted()).toEqual(entries.map(({ line }) => line).toSorted());
  },
);

test.skipIf(!canMount)(
  "a disk that becomes read-only costs the spool and nothing else",
  async () => {
    const { sink: make, told, expectStored } = await rig();
    const spoolDir = smallDisk();
    const sink = make({ spoolDir, ack: "s3", partBytes: 8_192 });
    const entries = run("run", 40);
    for (const entry of entries.slice(0, 20)) sink.write(entry);
    await sink.flush();
    await until(() => filesIn(spoolDir).length === 0);
    execFileSync("mount", ["-o", "remount,ro", spoolDir]);
    for (const entry of entries.slice(20)) sink.write(entry);
    await sink.close();
    expectStored(entries);
    expect(new Set(told.map(({ code }) => code))).toEqual(new Set(["SPOOL_FAILED"]));
  },
);

test("a part that the store refuses while it takes others is put aside, counted and told in the log", async () => {
  const { sink: make, server, told } = await rig();
  const bad = /\/bad\.[0-9a-f]{16}\.00000000\./;
  server.refuse = ({ key }) => (bad.test(key) ? REFUSALS.badRequest : undefined);
  const spoolDir = temporaryFolder();
  const sink = make({ spoolDir, ack: "s3", parkedRetryMs: 20 });
  for (const entry of run("bad", 5)) sink.write(entry);
  await expect(sink.flush()).rejects.toMatchObject({ lost: 0, pending: 5 });
  // Nothing else was stored yet: it may be the store, so the part stays.
  expect(filesIn(spoolDir)).toHaveLength(1);
  for (const entry of run("good", 5)) sink.write(entry);
  await sink.flush().catch(() => {});
  await until(() => sink.stats().dropped === 5);
  await expect(sink.close()).rejects.toMatchObject({ lost: 5, pending: 0 });
  await until(() => filesIn(spoolDir).length === 1);
  expect(filesIn(spoolDir)).toEqual([expect.stringMatching(/^bad\/bad\..*\.jsonl\.gz\.sealed$/)]);
  expect(told.map(({ code }) => code)).toEqual(["STORE_REFUSED"]);
  const lines = linesIn(server).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.find(({ type }) => type === "log_dropped")).toMatchObject({
    run_id: "bad",
    count: 5,
    reason: "refused by the store",
  });
});

test("flushSync writes into the spool what is in memory alone", async () => {
  const { sink: make, server } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const spoolDir = temporaryFolder();
  const blocked = join(spoolDir, "spool");
  fs.writeFileSync(blocked, "");
  const sink = make({ spoolDir: blocked, deadlineMs: 100 });
  sink.write(testEntry({ runId: "run", step: 1 }));
  fs.rmSync(blocked);
  sink.flushSync?.();
  expect(filesIn(blocked)).toEqual([expect.stringMatching(/\.sealed$/)]);
  await sink.close();
  expect(sink.stats().pending).toBe(1);
});

test("a part whose file somebody has deleted is counted as lost when it is to be read back", async () => {
  const { sink: make, server, told } = await rig();
  server.refuse = () => REFUSALS.slowDown;
  const spoolDir = temporaryFolder();
  const sink = make({ spoolDir, ack: "s3", maxBufferBytes: 20_000, partBytes: 5_000 });
  const entries = run("run", 100);
  for (const entry of entries) sink.write(entry);
  const folder = join(spoolDir, fs.readdirSync(spoolDir)[0] ?? "");
  const [deleted = ""] = filesIn(spoolDir).sort();
  fs.rmSync(join(folder, fs.readdirSync(folder)[0] ?? "", deleted));
  server.refuse = undefined;
  const lost = await sink.close().then(
    () => 0,
    (error) => error.lost as number,
  );
  // It was still in memory, or it is gone.
  expect(lost).toBe(sink.stats().dropped);
  expect(linesIn(server).filter((line) => !line.includes("log_dropped"))).toHaveLength(100 - lost);
  if (lost > 0)
    expect(told.map(({ code, lost }) => [code, lost])).toContainEqual(["SPOOL_FAILED", lost]);
});

test("a folder that somebody has removed is made anew", async () => {
  const { sink: make, told, expectStored } = await rig();
  const spoolDir = temporaryFolder();
  const sink = make({ spoolDir, ack: "s3" });
  const entries = run("run", 4);
  for (const entry of entries.slice(0, 2)) sink.write(entry);
  await sink.flush();
  await until(() => filesIn(spoolDir).length === 0);
  for (const name of fs.readdirSync(spoolDir)) fs.rmSync(join(spoolDir, name), { recursive: true });
  for (const entry of entries.slice(2, 3)) sink.write(entry);
  await sink.flush();
  expect(told.map(({ code }) => code)).toEqual(["SPOOL_FAILED"]);
  // A disk that has failed is left alone for a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  for (const entry of entries.slice(3)) sink.write(entry);
  expect(filesIn(spoolDir)).toHaveLength(1);
  await sink.close();
  expectStored(entries);
});
