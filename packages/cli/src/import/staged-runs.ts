import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type StepRecord, toLine } from "@step-log/core";

/** A run as a source has it, in a file of its own that nobody else knows. */
export interface StagedRun {
  readonly runId: string;
  readonly path: string;
  readonly records: number;
}

interface Growing {
  readonly runId: string;
  readonly path: string;
  records: number;
  waiting: string[];
}

// So much waits in memory before it is written: few large writes, and little against what reading takes.
const BATCH_CHARACTERS = 1024 * 1024;

/**
 * Writes the runs of one source after another into files of their own, so that they can be put in their
 * place when they are whole. Nothing of it is left behind.
 */
export class StagedRuns {
  readonly #folder: string;
  readonly #runs = new Map<string, Growing>();
  #files = 0;
  #waiting = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param parent The folder, of the file system where the runs go, in which a folder is made. */
  static async in(parent: string): Promise<StagedRuns> {
    return new StagedRuns(await mkdtemp(join(parent, ".step-log-import-")));
  }

  /** Takes a record; it is written by the next `write`. */
  add(record: StepRecord): void {
    const { text } = toLine(record);
    let run = this.#runs.get(record.run_id);
    if (run === undefined) {
      const path = join(this.#folder, `${this.#files++}.jsonl`);
      run = { runId: record.run_id, path, records: 0, waiting: [] };
      this.#runs.set(record.run_id, run);
    }
    run.records++;
    run.waiting.push(text);
    this.#waiting += text.length;
  }

  /** Writes what waits, once that is much. */
  async write(atLeast: number = BATCH_CHARACTERS): Promise<void> {
    if (this.#waiting < atLeast) return;
    this.#waiting = 0;
    for (const run of this.#runs.values()) {
      if (run.waiting.length === 0) continue;
      const text = run.waiting.join("");
      run.waiting = [];
      await appendFile(run.path, text, { mode: 0o600 });
    }
  }

  /** Ends the source: gives its runs, whole, and begins anew. */
  async take(): Promise<readonly StagedRun[]> {
    await this.write(1);
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    return runs;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
