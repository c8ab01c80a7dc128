import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { start, temporaryFolder } from "./child.ts";

const ENDINGS = [
  "natural end",
  "process.exit",
  "exit code",
  "uncaught exception",
  "unhandled rejection",
  "never settled await",
  "SIGTERM",
  "SIGINT",
];
// What no program can prepare for; "buffered" loses what waited, at most 10 ms.
const HARD_ENDINGS = ["SIGKILL", "abort"];

const cases = ["os", "buffered", "fsync"].flatMap((durability) =>
  [...ENDINGS, ...(durability === "buffered" ? [] : HARD_ENDINGS)].flatMap((ending) =>
    [ending, `${ending} later`].map((when) => ({ durability, ending: when })),
  ),
);

test.concurrent.each(cases)(
  "$durability, $ending: the record is there, the end is as without us",
  async ({ durability, ending }) => {
    const path = join(temporaryFolder(), "agent-steps.jsonl");
    const bySignal = /SIG|abort/.test(ending);
    const without = start("ending", { path, ending });
    const child = start("ending", { path, durability, ending });
    const end = await child.ended;
    expect(end).toEqual(await without.ended);
    expect(end.signal !== null).toBe(bySignal);

    // A signal ends a process at once: what waited in memory, "buffered", is gone with it.
    if (durability === "buffered" && bySignal) return;
    const records = readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(records.at(-1)).toMatchObject({ type: "event", name: "last" });
    expect(records.map(({ step }) => step)).toEqual(records.map((_, i) => i));
    // Cut off while it was being taken, a lock stays, and is found stale.
    if (ending.startsWith("natural")) expect(existsSync(`${path}.lock`)).toBe(false);
  },
);

test("nothing listens for signals, and nothing keeps the process alive", async () => {
  const child = start("quiet", { path: join(temporaryFolder(), "agent-steps.jsonl") });
  expect(await child.ended).toEqual({ code: 0, signal: null });
  expect(JSON.parse(child.lines[0] ?? "")).toEqual({ signals: [], uncaught: 0 });
});
