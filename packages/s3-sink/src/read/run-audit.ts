import { groupBy } from "./group-by.ts";
import type { ReadItem } from "./parse-part.ts";
import { StepSet, type Stretch } from "./step-set.ts";
import type { StoredPart } from "./stored-part.ts";

/** What is known of a run after it was read. */
export interface RunReport {
  readonly runId: string;
  /** Parts that were found. */
  readonly parts: number;
  /** Their size as they are stored. */
  readonly bytes: number;
  readonly records: number;
  readonly badLines: number;
  /** Records that were left out, since another sink had recorded the same step later. */
  readonly superseded: number;
  readonly writers: readonly WriterReport[];
  /** Steps of which there is no record, although there are records of later ones; by record writer. */
  readonly missingSteps: readonly MissingSteps[];
  /** Records of a step that the same writer of the run had recorded before. */
  readonly duplicates: number;
  /** Whether there is a `run_end`. */
  readonly hasEnded: boolean;
  /** Whether nothing is known to be missing; parts behind the last one cannot be known of. */
  readonly isComplete: boolean;
}

/** What is known of the parts of one sink. */
export interface WriterReport {
  /** The sink, as it stands in keys. */
  readonly writer: string;
  readonly parts: number;
  /** Numbers of parts before its last one that are not in the bucket: still on their way, or lost. */
  readonly missingParts: readonly Stretch[];
}

/** Steps that are missing. */
export interface MissingSteps extends Stretch {
  /** As `writer` in records; `null` for the first writer of the run. */
  readonly writer: string | null;
}

/** Gathers what there is to say of a run while it is read. */
export class RunAudit {
  readonly #runId: string;
  readonly #parts: readonly StoredPart[];
  readonly #steps = new Map<string | null, { readonly any: StepSet; readonly done: StepSet }>();
  #counts = { records: 0, badLines: 0, superseded: 0, duplicates: 0 };
  #hasEnded = false;

  constructor(runId: string, parts: readonly StoredPart[]) {
    this.#runId = runId;
    this.#parts = parts;
  }

  add(item: ReadItem): void {
    if (item.type === "bad_line") {
      this.#counts.badLines++;
      return;
    }
    this.#counts.records++;
    if (item.type === "run_end") this.#hasEnded = true;
    // Its own number is that of a step that was lost.
    if (item.type === "log_dropped") return;
    const writer = item.writer ?? null;
    const steps = this.#steps.get(writer) ?? { any: new StepSet(), done: new StepSet() };
    this.#steps.set(writer, steps);
    steps.any.add(item.step);
    if (item.type !== "step_start" && !steps.done.add(item.step)) this.#counts.duplicates++;
  }

  /** Counts a record that was left out. */
  supersede(): void {
    this.#counts.superseded++;
  }

  report(): RunReport {
    const writers = [...groupBy(this.#parts, ({ name }) => name.writer)].map(([writer, parts]) => ({
      writer,
      parts: parts.length,
      missingParts: missingIn(parts),
    }));
    const missingSteps = [...this.#steps].flatMap(([writer, { any }]) =>
      // A later writer of the run goes on where another has left off.
      any.gaps(writer === null ? 1 : undefined).map((gap) => ({ writer, ...gap })),
    );
    const isComplete =
      this.#parts.length > 0 &&
      this.#counts.badLines === 0 &&
      missingSteps.length === 0 &&
      writers.every(({ missingParts }) => missingParts.length === 0);
    return {
      runId: this.#runId,
      parts: this.#parts.length,
      bytes: this.#parts.reduce((sum, { place }) => sum + place.size, 0),
      ...this.#counts,
      writers,
      missingSteps,
      hasEnded: this.#hasEnded,
      isComplete,
    };
  }
}

function missingIn(parts: readonly StoredPart[]): Stretch[] {
  const numbers = new StepSet();
  for (const seq of parts.map(({ name }) => name.seq).sort((a, b) => a - b)) numbers.add(seq);
  return numbers.gaps(0);
}
