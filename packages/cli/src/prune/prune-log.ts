import { type ExitCode, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import { isForeign } from "../locations/is-foreign.ts";
import { type Column, table } from "../output/answer.ts";
import { confirm } from "../output/confirm.ts";
import { bytes, plural, time } from "../output/figures.ts";
import { formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { progress } from "../output/progress.ts";
import { shownPath } from "../output/shown-path.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { durationOf } from "../period.ts";
import { UsageError } from "../usage-error.ts";
import { choose, type Limits } from "./choose.ts";
import { type Deleted, deleteFiles } from "./delete-files.ts";
import { type Found, findPrunable, type LeftAlone, type Prunable } from "./prunable.ts";
import { pruneBucket } from "./prune-bucket.ts";
import type { PruneOptions } from "./prune-options.ts";
import { sizeOf } from "./size-of.ts";

/** Shows what goes, asks, and deletes it; `FOUND_PROBLEMS` where something of it could not be. */
export async function pruneLog(io: Io, given: string, options: PruneOptions): Promise<ExitCode> {
  const now = Date.now();
  const limits = limitsOf(options, now);
  const [location, ...others] = await findLocations([given], io);
  if (location?.kind === "url" && others.length === 0) {
    return pruneBucket(io, location.url, options, now);
  }
  if (location?.kind !== "path" || others.length > 0) {
    throw new UsageError(`${given} cannot be pruned; give one folder, one file or s3://…`);
  }
  if (await isForeign(location.path)) {
    throw new UsageError(`${given} holds no log of step-log's; nothing else is ever deleted`);
  }
  const bar = progress(io, `looking at ${given}`, null);
  const found = await findPrunable(location.path, now / 1000, (bytes) => bar.add(bytes));
  bar.end();
  const chosen = choose(found, limits);
  const answer = (deleted?: Deleted) => answerOf({ found, chosen, deleted, io });
  const format = formatOf(options);
  if (options.dryRun || chosen.length === 0) {
    await writeAnswer(io, format, answer());
    return OK;
  }
  if (!options.yes) {
    await writeAnswer({ ...io, stdout: io.stderr }, "table", answer());
    const question = `Delete ${plural(filesOf(chosen), "file")}, ${bytes(sumOf(chosen))}, for good?`;
    if (!(await confirm(io, question, "this is what would go; pass --yes to delete it"))) {
      note(io, "nothing was deleted");
      return FOUND_PROBLEMS;
    }
  }
  const deleted = deleteFiles(chosen, io.signal);
  await writeAnswer(io, format, answer(deleted));
  return deleted.leftAlone.length === 0 ? OK : FOUND_PROBLEMS;
}

function limitsOf({ olderThan, keep, maxSize, status }: PruneOptions, now: number): Limits {
  if (olderThan === undefined && keep === undefined && maxSize === undefined) {
    throw new UsageError("say what goes: --older-than 30d, --keep 100 or --max-size 1GB");
  }
  return {
    before:
      olderThan === undefined ? undefined : (now - durationOf(olderThan, "--older-than")) / 1000,
    keep,
    maxBytes: maxSize === undefined ? undefined : sizeOf(maxSize, "--max-size"),
    status,
  };
}

// What people are shown; other programs get all.
const SHOWN = 30;

interface AnswerParts {
  readonly found: Found;
  readonly chosen: readonly Prunable[];
  readonly deleted: Deleted | undefined;
  readonly io: Io;
}

function answerOf({ found, chosen, deleted, io }: AnswerParts) {
  const leftAlone = [...found.leftAlone, ...(deleted?.leftAlone ?? [])].map(({ path, reason }) => ({
    path: shownPath(path, io),
    reason,
  }));
  const what = deleted ?? {
    runs: chosen.filter(({ runId }) => runId !== null).length,
    files: filesOf(chosen),
    bytes: sumOf(chosen),
  };
  const { runs, files, bytes: size } = what;
  const columns = columnsFor(io);
  const failed = deleted?.leftAlone.length ?? 0;
  return {
    headline: [
      `${deleted ? "Deleted" : "To be deleted"}: ${plural(files, "file")} of ${plural(runs, "run")}, ${bytes(size)} of ${bytes(found.bytes)}.`,
      failed > 0 && `${plural(failed, "file")} could not be.`,
      found.leftAlone.length > 0 &&
        `Left alone whatever their age: ${plural(found.leftAlone.length, "file")} (${reasonsOf(found.leftAlone)}).`,
      chosen.length > SHOWN && !deleted && `The first ${SHOWN}:`,
    ]
      .filter((text) => text !== false)
      .join("\n"),
    json: {
      ...{ is_dry_run: deleted === undefined, runs, files, bytes: size, bytes_before: found.bytes },
      deleted: chosen.map((it) =>
        Object.fromEntries(columns.map((c) => [c.name, c.value(it) ?? null])),
      ),
      left_alone: leftAlone,
    },
    tables: deleted
      ? []
      : [table({ columns, rows: chosen.slice(0, SHOWN), empty: "nothing is to be deleted" })],
  };
}

/** The reasons, each once: `3 written to lately`. */
function reasonsOf(leftAlone: readonly LeftAlone[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of leftAlone) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, files]) => (counts.size > 1 ? `${files}: ` : "") + reason)
    .join("; ");
}

function columnsFor(io: Io): readonly Column<Prunable>[] {
  return [
    {
      name: "run_id",
      value: (it) => it.runId,
      text: (it) => it.runId ?? "(shared)",
      cut: "middle",
    },
    { name: "last", value: (it) => it.lastAt, text: (it) => time(it.lastAt) },
    {
      name: "status",
      value: (it) => it.status,
      text: (it) => it.status ?? (it.runId === null ? "-" : "unfinished"),
    },
    { name: "bytes", value: (it) => it.bytes, text: (it) => bytes(it.bytes), align: "right" },
    {
      name: "files",
      value: (it) => it.files.map(({ path }) => shownPath(path, io)),
      text: (it) => it.files.map(({ path }) => shownPath(path, io)).join(", "),
      cut: "start",
    },
  ];
}

function filesOf(chosen: readonly Prunable[]): number {
  return chosen.reduce((sum, { files }) => sum + files.length, 0);
}

function sumOf(chosen: readonly Prunable[]): number {
  return chosen.reduce((sum, it) => sum + it.bytes, 0);
}
