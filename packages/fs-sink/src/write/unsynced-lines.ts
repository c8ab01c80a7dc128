import { linesIn } from "./line-queue.ts";

/** Lines of one run that were written and not synced. */
export interface UnsyncedRun {
  readonly runId: string;
  /** Of the last of them. */
  readonly step: number;
  readonly count: number;
  readonly bytes: number;
}

type Runs = Map<string, { head: string; count: number; bytes: number }>;

/**
 * Counts the lines of each run between two syncs, so that of a sync that fails it can be said whose
 * lines it took along. Keeps some 200 bytes a run, however many lines there are.
 */
export class UnsyncedLines {
  #runs: Runs = new Map();
  /** Those of the sync that is under way. */
  #syncing: Runs = new Map();
  readonly #leftOut = new Set<string>();

  get isEmpty(): boolean {
    return [this.#syncing, this.#runs].every((runs) => [...runs.values()].every(isNone));
  }

  /** Adds the whole lines in `lines`. */
  add(lines: Uint8Array): void {
    for (const line of linesIn(lines)) {
      if (this.#leftOut.size > 0 && this.#leftOut.delete(line.toString())) continue;
      const head = headOf(line);
      const run = runOf(head);
      const tally = this.#runs.get(run) ?? { head, count: 0, bytes: 0 };
      this.#runs.set(run, tally);
      tally.head = head;
      tally.count++;
      tally.bytes += line.length;
    }
  }

  /** Takes lines out that turned out not to stand in the file. */
  remove(lines: Uint8Array): void {
    for (const line of linesIn(lines)) {
      const run = runOf(headOf(line));
      const tally = this.#runs.get(run) ?? this.#syncing.get(run);
      if (tally === undefined || isNone(tally)) continue;
      tally.count--;
      tally.bytes -= line.length;
    }
  }

  /** This line will be none that can be lost: it tells of losses itself. */
  leaveOut(line: string): void {
    this.#leftOut.add(line);
  }

  /** A sync begins, of everything that was added so far. */
  begin(): void {
    this.#syncing = this.#runs;
    this.#runs = new Map();
  }

  /** The sync that was begun went well. */
  done(): void {
    this.#syncing = new Map();
  }

  /** Hands everything over, and begins anew. */
  take(): UnsyncedRun[] {
    const tallies = [...this.#syncing.values(), ...this.#runs.values()];
    this.#syncing = new Map();
    this.#runs = new Map();
    return tallies
      .filter((tally) => !isNone(tally))
      .map(({ head, count, bytes }) => {
        const { run_id, step } = JSON.parse(`${Buffer.from(head, "latin1").toString()}}`);
        return { runId: run_id, step, count, bytes };
      });
  }
}

const ID_KEY = '{"run_id":"';
// A quote inside the id would be escaped, so this ends it.
const STEP_KEY = '","step":';
const HEAD_BYTES = 256;

/** How core begins a line, with the bytes as characters: `{"run_id":"…","step":7`. */
function headOf(line: Buffer): string {
  const start = line.toString("latin1", 0, HEAD_BYTES);
  const at = start.indexOf(STEP_KEY);
  const end = start.indexOf(",", at + STEP_KEY.length);
  if (start.startsWith(ID_KEY) && at > 0 && end > 0) return start.slice(0, end);
  const { run_id, step } = JSON.parse(line.toString());
  return Buffer.from(JSON.stringify({ run_id, step }).slice(0, -1)).toString("latin1");
}

function runOf(head: string): string {
  return head.slice(0, head.lastIndexOf(STEP_KEY));
}

function isNone({ count }: { readonly count: number }): boolean {
  return count === 0;
}
