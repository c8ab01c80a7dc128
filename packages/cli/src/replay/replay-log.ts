import { type ExitCode, INTERRUPTED, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findRun } from "../locations/find-run.ts";
import type { Log } from "../locations/log.ts";
import { openLog } from "../locations/open-log.ts";
import { progress } from "../output/progress.ts";
import { type ShowOptions, showRun } from "../show/show-run.ts";
import { UsageError } from "../usage-error.ts";

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
  let bar: ReturnType<typeof progress> | undefined;
  const log = await openLog(locations, io, { onRead: (bytes) => bar?.add(bytes) });
  bar = progress(io, `looking for runs in ${log.name}`, await log.size());
  const runId =
    options.run === undefined ? await onlyRun(log, io) : await findRun(log, options.run, io);
  bar.end();
  bar = undefined;
  const [{ replaySession }, { costOf }] = await Promise.all([
    import("./replay-session.ts"),
    import("@step-log/usage"),
  ]);
  const left = await replaySession(io, {
    log,
    runId,
    costOf: (call) => costOf(call),
    isFollowing: options.follow === true,
    openToFollow: () => openLog(locations, io, { follow: true }),
  });
  return left === "interrupt" ? INTERRUPTED : OK;
}

/** The run of a log that has a single one. */
async function onlyRun(log: Log, { signal }: Io): Promise<string | undefined> {
  let only: string | undefined;
  for await (const { runId } of log.runs(undefined, { signal })) {
    if (only !== undefined) return undefined;
    only = runId;
  }
  if (only === undefined) throw new UsageError(`there are no runs in ${log.name}`);
  return only;
}
