import type { ExpireReport } from "@step-log/s3-sink";
import { type ExitCode, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { loadS3 } from "../locations/load-s3.ts";
import { type Answer, table } from "../output/answer.ts";
import { confirm } from "../output/confirm.ts";
import { bytes, plural } from "../output/figures.ts";
import { formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { durationOf } from "../period.ts";
import { UsageError } from "../usage-error.ts";
import type { PruneOptions } from "./prune-options.ts";

/** Deletes the runs of a bucket that began before a day. */
export async function pruneBucket(
  io: Io,
  url: string,
  options: PruneOptions,
  now: number,
): Promise<ExitCode> {
  const { olderThan, keep, maxSize, status, dryRun, yes } = options;
  if (olderThan === undefined || keep !== undefined || maxSize !== undefined || status) {
    throw new UsageError("a bucket is pruned by whole days, with --older-than alone");
  }
  const { expire } = await loadS3();
  const before = new Date(now - durationOf(olderThan, "--older-than"));
  const expiring = { beforeDay: before.toISOString().slice(0, 10), signal: io.signal };
  const plan = await expire(url, { ...expiring, dryRun: true });
  const format = formatOf(options);
  if (dryRun || plan.objects === 0) {
    await writeAnswer(io, format, answerOf(plan, expiring.beforeDay, true));
    return OK;
  }
  if (!yes) {
    const answer = answerOf(plan, expiring.beforeDay, true);
    await writeAnswer({ ...io, stdout: io.stderr }, "table", answer);
    const question = `Delete ${plural(plan.objects, "object")}, ${bytes(plan.bytes)}, for good?`;
    if (!(await confirm(io, question, "this is what would go; pass --yes to delete it"))) {
      note(io, "nothing was deleted");
      return FOUND_PROBLEMS;
    }
  }
  const report = await expire(url, expiring);
  await writeAnswer(io, format, answerOf(report, expiring.beforeDay, false));
  return OK;
}

function answerOf(
  { objects, bytes: size, days }: ExpireReport,
  day: string,
  isPlan: boolean,
): Answer {
  const verb = isPlan ? "To be deleted" : "Deleted";
  return {
    headline: `${verb}: ${plural(objects, "object")}, ${bytes(size)}, of runs that began before ${day}.`,
    json: { is_dry_run: isPlan, before_day: day, objects, bytes: size, days },
    tables: [
      table({
        columns: [{ name: "day", value: (it: string) => it }],
        rows: days,
        empty: "nothing is to be deleted",
      }),
    ],
  };
}
