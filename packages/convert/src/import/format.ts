import type { ImportedRun, RunHeader, RunOutput } from "../records/imported-run.ts";

/** Reads the values of one source: the lines of a JSONL file, a whole JSON document, the files of a zip. */
export interface FormatReader {
  /** Takes the next value, in the order of the source; it may be any JSON. */
  take(value: unknown): void;
  /** Passes on what was held back: there is no more. */
  end(): void;
}

/** What a reader of a format writes to. */
export interface FormatOutput extends RunOutput {
  /** Begins a run; asking again for the same id begins it no second time. */
  readonly run: (
    runId: string,
    begin: () => { header: RunHeader; ts: number | null },
  ) => ImportedRun;
  /** The run of this id, where there is one. */
  readonly known: (runId: string) => ImportedRun | undefined;
  /** Says what is wrong with the value that was taken last, or what the source lacks. */
  readonly problem: (reason: string) => void;
  /** What to call runs that the source gives no id: the name of the file, without its ending. */
  readonly name: string;
}

/** A format of another tool's log. */
export interface Format {
  readonly name: string;
  /** Tells by one value of a source whether it is of this format. */
  readonly recognises: (value: unknown) => boolean;
  readonly read: (output: FormatOutput) => FormatReader;
}
