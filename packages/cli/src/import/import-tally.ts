import type { BadLine } from "@step-log/core";
import type { Remembered } from "./import-memory.ts";
import { OUTCOMES, type Outcome } from "./run-store.ts";

/** What could not be read, and where. */
export interface Problem {
  readonly location: string;
  /** In bytes; `null` where it is about all of it. */
  readonly offset: number | null;
  readonly reason: string;
}

/** A run that several sources have. */
export interface SharedRun {
  readonly runId: string;
  readonly sources: readonly string[];
  /** The source whose records were taken. */
  readonly taken: string;
}

/** How many problems are told one by one; all are counted. */
export const MAX_TOLD = 20;

/** Counts what an import came to. */
export class ImportTally {
  records = 0;
  bytes = 0;
  problemCount = 0;
  readonly runs: Record<Outcome, number>;
  readonly formats: Record<string, number> = {};
  readonly problems: Problem[] = [];
  /** Sources in which there is no run. */
  readonly leftOut: string[] = [];
  leftOutCount = 0;
  /** Sources that were not read again. */
  unread = 0;
  readonly #seen = new Map<string, Seen>();
  readonly #contested = new Set<string>();
  readonly #shared = new Map<string, { sources: string[]; taken: string }>();

  constructor() {
    this.runs = Object.fromEntries(OUTCOMES.map((it) => [it, 0])) as Record<Outcome, number>;
  }

  get sharedCount(): number {
    return this.#contested.size;
  }

  /** Runs that a source was found to share with an earlier one. */
  get shared(): readonly SharedRun[] {
    return [...this.#shared].map(([runId, it]) => ({ runId, ...it }));
  }

  /** Whether a run is in several sources, or was left as it is. */
  isContested(runId: string): boolean {
    return this.#contested.has(runId) || this.#seen.get(runId)?.outcome === "kept";
  }

  /** A source that has not changed since it was imported. */
  recalled(source: string, { format, runs }: Remembered): void {
    this.unread++;
    this.format(format);
    for (const { run_id, records } of runs) this.settled(run_id, records, source, "unchanged");
  }

  /** The first runs that were left as they are, though a source has other records of them. */
  get kept(): readonly { readonly runId: string; readonly source: string }[] {
    return [...this.#seen]
      .filter(([, { outcome }]) => outcome === "kept")
      .slice(0, MAX_TOLD)
      .map(([runId, { source }]) => ({ runId, source }));
  }

  /** @param count How many there were, where only the first were kept. */
  badLines(source: string, first: readonly BadLine[], count: number): void {
    for (const { location, offset, bytes, reason } of first) {
      // Offsets of 0 with no bytes are those of a value whose place is not known.
      const place = offset === 0 && bytes === 0 ? null : offset;
      this.problem(source, place, location === undefined ? reason : plain(reason, location));
    }
    this.problemCount += count - first.length;
  }

  problem(location: string, offset: number | null, reason: string): void {
    this.problemCount++;
    if (this.problems.length < MAX_TOLD) this.problems.push({ location, offset, reason });
  }

  nothingIn(source: string): void {
    this.leftOutCount++;
    if (this.leftOut.length < MAX_TOLD) this.leftOut.push(source);
  }

  format(name: string): void {
    this.formats[name] = (this.formats[name] ?? 0) + 1;
  }

  settled(runId: string, records: number, source: string, outcome: Outcome): void {
    const seen = this.#seen.get(runId);
    if (seen === undefined) {
      this.#seen.set(runId, { source, records, outcome });
      this.records += records;
      this.runs[outcome]++;
      return;
    }
    const isTaken =
      outcome === "grown" ||
      outcome === "replaced" ||
      (outcome === "unchanged" && seen.outcome === "kept");
    this.#share(runId, seen.source, source, isTaken);
    if (!isTaken) return;
    this.records += records - seen.records;
    // What was new stays so, whichever source it was in the end taken from.
    const now = seen.outcome === "new" ? "new" : outcome;
    this.runs[seen.outcome]--;
    this.runs[now]++;
    this.#seen.set(runId, { source: seen.source, records, outcome: now });
  }

  #share(runId: string, earlier: string, source: string, isTaken: boolean): void {
    this.#contested.add(runId);
    const known = this.#shared.get(runId);
    if (known !== undefined) {
      known.sources.push(source);
      if (isTaken) known.taken = source;
      return;
    }
    if (this.#shared.size >= MAX_TOLD) return;
    this.#shared.set(runId, { sources: [earlier, source], taken: isTaken ? source : earlier });
  }
}

interface Seen {
  readonly source: string;
  readonly records: number;
  readonly outcome: Outcome;
}

/** A reason without the place, which stands beside it. */
function plain(reason: string, location: string): string {
  return reason.replace(`${location} `, "");
}
