import { diff } from "@step-log/replay";
import { type ExitCode, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { paintFor } from "../output/paint.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { write } from "../output/write.ts";
import { openRun } from "../show/show-run.ts";
import { paintLine, wrapLine } from "../terminal/line.ts";
import { pageText } from "../terminal/page-text.ts";
import { UsageError } from "../usage-error.ts";
import { diffJson } from "./diff-json.ts";
import { diffLines } from "./diff-lines.ts";
import { type RunPlace, runPlace } from "./run-place.ts";

/** Options of `step-log diff`. */
export interface DiffRunsOptions {
  readonly run?: readonly string[];
  readonly ignore?: readonly string[];
  readonly all?: boolean;
  readonly json?: boolean;
  readonly pager?: boolean;
}

// By these an imported message hangs together with others of its log; no two runs have the same.
const MESSAGE_IDS = ["/data/uuid", "/data/parentUuid", "/data/response_id", "/data/timestamp"];

/** Compares two runs; 1 where they differ. */
export async function diffRuns(
  io: Io,
  given: readonly [a: string, b: string | undefined],
  options: DiffRunsOptions,
): Promise<ExitCode> {
  const [placeA, placeB] = places(given, options.run ?? [], io);
  const { costOf } = await import("@step-log/usage");
  const price = (call: Parameters<typeof costOf>[0]) => costOf(call);
  const a = await openRun(io, [placeA.location], placeA.runId, price);
  const b = await openRun(io, [placeB.location], placeB.runId, price);
  const found = diff(a, b, { costOf: price, ignore: [...MESSAGE_IDS, ...(options.ignore ?? [])] });
  if (options.json) {
    await write(io.stdout, `${JSON.stringify(diffJson(found), null, 2)}\n`);
  } else {
    const { stdout, env } = io;
    const paint = paintFor(stdout, env);
    const width = stdout.isTTY === true ? (stdout.columns ?? 80) : WITHOUT_TERMINAL;
    const lines = diffLines(found, { width, isAll: options.all === true });
    const text = lines
      .flatMap((it) => wrapLine(it, width))
      .map((it) => `${paintLine(it, width, paint)}\n`);
    await pageText(io, text.join(""), options.pager !== false);
  }
  tellBadLines(io, a.summary().badLines + b.summary().badLines);
  return found.same ? OK : FOUND_PROBLEMS;
}

// Of a pipe, whose reader may cut lines itself.
const WITHOUT_TERMINAL = 200;

function places(
  [a, b]: readonly [string, string | undefined],
  runs: readonly string[],
  { cwd }: Io,
): readonly [RunPlace, RunPlace] {
  const first = runPlace(a, cwd);
  const second = b === undefined ? { ...first, runId: undefined } : runPlace(b, cwd);
  if (runs.length > 2) throw new UsageError("--run can be given twice: for A, and for B");
  const [runA = first.runId, runB = b === undefined ? undefined : (second.runId ?? runs[0])] = runs;
  if (b === undefined && (runA === undefined || (runB ?? first.runId) === undefined)) {
    throw new UsageError(
      "give two runs to compare: LOCATION#run-id twice, or LOCATION --run A --run B",
    );
  }
  const isOne = runs.length === 1 && b === undefined;
  return isOne
    ? [first, { ...second, runId: runs[0] }]
    : [
        { ...first, runId: runA },
        { ...second, runId: runB },
      ];
}
