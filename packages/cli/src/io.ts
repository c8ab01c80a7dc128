import type { Readable, Writable } from "node:stream";

/** Where a command writes: a terminal, a file, a pipe. */
export type Output = Writable & {
  readonly isTTY?: boolean;
  /** Characters in a line, of a terminal. */
  readonly columns?: number;
  readonly rows?: number;
};

/** Where a command reads what is typed or piped. */
export type Input = Readable & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

/** All that a command has to do with the outside, so that tests give their own. */
export interface Io {
  readonly stdin: Input;
  /** For what was asked for. */
  readonly stdout: Output;
  /** For notes, progress and errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths begin at. */
  readonly cwd: string;
  /** Aborted when the user wants to stop, by Ctrl-C. */
  readonly signal: AbortSignal;
}
