import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sink } from "@step-log/core";
import { type CaseContext, sinkCases } from "@step-log/sink-testkit";
import { describe, test } from "vitest";
import { type Durability, fsSink } from "../src/index.ts";
import { temporaryFolder } from "./child.ts";

const root = temporaryFolder();

/** The folder of a case, with nothing in it but what its sink makes. */
function storeOf({ id }: CaseContext): string {
  return join(root, id);
}

/** Has a file lie where the folder was: nothing in it can be opened, nor its lock be taken. */
async function breakStore(store: string): Promise<void> {
  if (existsSync(store)) renameSync(store, `${store}.away`);
  writeFileSync(store, "");
  // A writer looks every 50 ms where its path leads; until then it writes to the file it has.
  await sleep(60);
}

function mendStore(store: string): void {
  rmSync(store);
  if (existsSync(`${store}.away`)) renameSync(`${store}.away`, store);
}

function linesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").match(/[^\n]*\n|[^\n]+$/g) ?? []);
}

const forms = { file: "agent-steps.jsonl", folder: "" };

for (const form of ["file", "folder"] as const) {
  for (const durability of ["os", "buffered", "fsync"] satisfies Durability[]) {
    describe(`a ${form}, ${durability}`, () => {
      const cases = sinkCases<Sink>({
        create: (context) => fsSink(`${storeOf(context)}/${forms[form]}`, { durability }),
        read: (_, context) => linesIn(storeOf(context)),
        faults: {
          break: (_, context) => breakStore(storeOf(context)),
          mend: (_, context) => mendStore(storeOf(context)),
        },
        optional: ["flushSync", "stats", "onError", "lastStep"],
        escaped: (_, context) => strangersBeside(storeOf(context)),
      });
      for (const { group, name, skip, run } of cases) {
        // 3,000 files are opened and synced in one of the cases.
        test(`${group}: ${name}`, { timeout: 60_000 }, async (context) => {
          if (skip !== undefined) context.skip(skip);
          await run();
        });
      }
    });
  }
}

/** What lies in or beside a store and is neither a log nor what is kept with one. */
function strangersBeside(store: string): string[] {
  const inside = readdirSync(store, { withFileTypes: true })
    .filter(
      (entry) =>
        !/^[A-Za-z0-9_-]{1,80}\.jsonl(?:\.lock)?$|^\.[A-Za-z0-9_-]{1,80}\.jsonl\.shared$/.test(
          entry.name,
        ) && entry.name !== "agent-steps.jsonl",
    )
    .map((entry) => join(store, entry.name));
  const beside = readdirSync(dirname(store)).filter(
    (name) => !/^[a-z-]+-\d+$/.test(name) && name !== basename(store),
  );
  return [...inside, ...beside];
}
