import { PassThrough, Readable, Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { run } from "@step-log/cli";

/** What a command did. */
export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is piped in; without it stdin is a terminal where nothing is typed. */
  readonly stdin?: string | Uint8Array;
  /** What is typed at the terminal, before it is ended by Ctrl-D. */
  readonly typed?: string;
  /** Makes stdout and stderr a terminal of this width. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
}

/** Runs a command in this process, as `step-log …args` would be run. */
export async function runCli(
  args: readonly string[],
  { cwd = process.cwd(), env = {}, stdin, typed, columns, signal }: CliOptions = {},
): Promise<CliResult> {
  const [stdout, stderr] = [collector(columns), collector(columns)];
  const exitCode = await run(args, {
    stdin:
      stdin === undefined
        ? terminal(typed)
        : Object.assign(Readable.from([Buffer.from(stdin)]), { isTTY: false }),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    cwd,
    signal: signal ?? new AbortController().signal,
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** Without colours and other sequences. */
export const plain: (text: string) => string = stripVTControlCharacters;

function terminal(typed: string | undefined) {
  const keys = new PassThrough();
  if (typed !== undefined) keys.end(typed);
  return Object.assign(keys, { isTTY: true });
}

function collector(columns: number | undefined) {
  const pieces: string[] = [];
  const stream = new Writable({
    write(piece, _encoding, done) {
      pieces.push(String(piece));
      done();
    },
  });
  const about = columns === undefined ? { isTTY: false } : { isTTY: true, columns, rows: 24 };
  return { stream: Object.assign(stream, about), text: () => pieces.join("") };
}
