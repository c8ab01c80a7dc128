import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BadLine, StepRecord } from "@step-log/core";
import { afterAll } from "vitest";
import type { Damage } from "../../src/read/damage.ts";
import { temporaryFolder } from "../child.ts";

/** A line of a log, with its `\n`. */
export function line(runId: string, step: number, more: object = {}): string {
  return `${JSON.stringify({ run_id: runId, step, type: "event", ts: 1_000 + step, name: "test", data: null, ...more })}\n`;
}

const folders: string[] = [];

// Some are of 100 MB.
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files, for as long as the tests of a file run. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = temporaryFolder();
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** A new log file with these lines or bytes. */
export function fileWith(...parts: readonly (string | Uint8Array)[]): string {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return join(folderWith({ "agent-steps.jsonl": content }), "agent-steps.jsonl");
}

/** Everything that an iteration gives. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Records as `<run>:<step>`, bad lines as `bad@<offset>+<bytes>`, with what damages them if asked. */
export function brief(items: readonly (StepRecord | BadLine)[], withDamage = false): string[] {
  return items.map((item) => {
    if (item.type !== "bad_line") return `${item.run_id}:${item.step}`;
    const { offset, bytes, damage } = item as Damage;
    return `${withDamage ? damage : "bad"}@${offset}+${bytes}`;
  });
}
