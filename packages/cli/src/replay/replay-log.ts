import { type ExitCode, INTERRUPTED, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findRun } from "../locations/find-run.ts";
import type { Log } from "../locations/log.ts";
import { openLog } from "../locations/open-log.ts";
import { progress } from "../output/progress.ts";
import { type ShowOptions, showRun } from "../show/show-run.ts";
import { UsageError } from "../usage-error.ts";
import type { SessionStart } from "./session-options.ts";

/** Options of `step-log replay`. */
export interface ReplayLogOptions extends ShowOptions {
  readonly follow?: boolean;
}

/** Shows runs on the whole terminal; with `--step` prints one step. */
export async function replayLog(
  io: Io,
  locations: readonly string[],
  options: ReplayLogOptions,
): Promise<ExitCode> {
  if (options.step !== undefined) return showRun(io, locations, options);
  if (options.json)
    throw new UsageError("--json prints a step: give --step N, or use step-log show --json");
  if (io.stdout.isTTY !== true || io.env["TERM"] === "dumb") {
    throw new UsageError(
      "replay fills a terminal, and there is none; `step-log show` prints the steps, --step N one of them",
    );
  }
  // Loaded while the log is looked at.
  const parts = Promise.all([import("./replay-session.ts"), import("@step-log/usage")]);
  let bar: ReturnType<typeof progress> | undefined;
  const log = await openLog(locations, io, { onRead: (bytes) => bar?.add(bytes) });
  bar = progress(io, `looking for runs in ${log.name}`, await log.size());
  const start: SessionStart =
    options.run === undefined
      ? await startOf(log, io)
      : { runId: await findRun(log, options.run, io), isOnly: true };
  bar.end();
  bar = undefined;
  const [{ replaySession }, { costOf }] = await parts;
  const left = await replaySession(io, {
    log,
    start,
    costOf: (call) => costOf(call),
    isFollowing: options.follow === true,
    openToFollow: () => openLog(locations, io, { follow: true }),
  });
  return left === "interrupt" ? INTERRUPTED : OK;
}

// Long enough to find a second run in what is small; nobody waits for a large file to be read through.
const LOOK_MS = 50;

/** Begins with the list of runs, or where one look finds a single run with its steps. */
async function startOf(log: Log, { signal }: Io): Promise<SessionStart> {
  const enough = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let runId: string | undefined;
  try {
    const until = AbortSignal.any([signal, enough.signal]);
    for await (const run of log.runs(undefined, { signal: until })) {
      if (runId !== undefined) return { runId: undefined, isOnly: false };
      runId = run.runId;
      timer = setTimeout(() => enough.abort(), LOOK_MS);
    }
  } catch (error) {
    if (signal.aborted || !enough.signal.aborted) throw error;
    return { runId, isOnly: false };
  } finally {
    clearTimeout(timer);
  }
  if (runId === undefined) throw new UsageError(`there are no runs in ${log.name}`);
  return { runId, isOnly: true };
}
