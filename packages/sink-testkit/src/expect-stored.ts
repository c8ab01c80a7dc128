import assert from "node:assert/strict";
import type { Entry } from "@step-log/core";
import { canonicalJson } from "./canonical-json.ts";
import type { StoredLine } from "./stored-line.ts";

/** Asserts that the store holds the entries, each once, those of a run in the order of writing. */
export function expectStored(stored: readonly StoredLine[], given: readonly Entry[]): void {
  const storedRuns = byRun(stored);
  for (const [runId, entries] of byRun(given)) {
    expectRun(runId, storedRuns.get(runId) ?? [], entries);
    storedRuns.delete(runId);
  }
  const strangers = [...storedRuns.keys()].map((runId) => JSON.stringify(runId)).slice(0, 5);
  assert.deepEqual(strangers, [], "the store holds runs that nobody wrote");
}

/** Groups by run, keeping the order. */
export function byRun<T extends { readonly runId: string }>(items: Iterable<T>): Map<string, T[]> {
  const runs = new Map<string, T[]>();
  for (const item of items) {
    const run = runs.get(item.runId);
    if (run === undefined) runs.set(item.runId, [item]);
    else run.push(item);
  }
  return runs;
}

/** What an entry should be found as. */
export function canonicalEntry(entry: Entry): string {
  return canonicalJson(JSON.parse(entry.line));
}

function expectRun(runId: string, stored: readonly StoredLine[], given: readonly Entry[]): void {
  const run = `run ${clip(JSON.stringify(runId), 60)}`;
  const wanted = given.map(canonicalEntry);
  const found = stored.map((line) => line.canonical);
  // Not left to deepEqual, which takes minutes to show how two texts of megabytes differ.
  const wrong = wanted.findIndex((text, index) => text !== found[index]);
  if (wrong !== -1 || found.length !== wanted.length) {
    const at = wrong === -1 ? wanted.length : wrong;
    assert.fail(
      `${run}: ${counts(wanted, found)}; entry ${at + 1} of ${wanted.length} should be ` +
        `${clip(wanted[at] ?? "(none)")} and is ${clip(found[at] ?? "(none)")}`,
    );
  }
  stored.forEach(({ text }, index) => {
    const line = given[index]?.line.slice(0, -1);
    if (text === undefined || text === line) return;
    assert.fail(`${run}: the line ${clip(String(line))} was stored as ${clip(text)}`);
  });
}

function counts(wanted: readonly string[], found: readonly string[]): string {
  const left = new Map<string, number>();
  for (const text of found) left.set(text, (left.get(text) ?? 0) + 1);
  let missing = 0;
  for (const text of wanted) {
    const count = left.get(text) ?? 0;
    if (count === 0) missing++;
    else left.set(text, count - 1);
  }
  const excess = found.length - (wanted.length - missing);
  return `${missing} missing, ${excess} too many or changed`;
}

function clip(text: string, length = 160): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`;
}
