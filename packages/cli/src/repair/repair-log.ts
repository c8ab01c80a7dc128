import type { RepairedPlace, RepairReport } from "@step-log/fs-sink";
import { type ExitCode, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import { isForeign } from "../locations/is-foreign.ts";
import { type Answer, type Column, table } from "../output/answer.ts";
import { confirm } from "../output/confirm.ts";
import { count, plural } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { shownPath } from "../output/shown-path.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { UsageError } from "../usage-error.ts";

/** Options of `step-log repair`. */
export interface RepairLogOptions extends FormatOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Shows what can be repaired, asks, and does it; `FOUND_PROBLEMS` where something is left. */
export async function repairLog(
  io: Io,
  given: string,
  options: RepairLogOptions,
): Promise<ExitCode> {
  const path = await pathOf(given, io);
  const { repair } = await import("@step-log/fs-sink");
  const { signal } = io;
  const plan = await repair(path, { dryRun: true, signal });
  const toDo = plan.closed + plan.blanked;
  const format = formatOf(options);
  if (options.dryRun || toDo === 0) {
    await writeAnswer(io, format, answerOf(plan, io, { isPlan: true }));
    return plan.places.length === 0 ? OK : FOUND_PROBLEMS;
  }
  if (!options.yes) {
    // What is asked about stands above the question, wherever the answer goes.
    await writeAnswer({ ...io, stdout: io.stderr }, "table", answerOf(plan, io, { isPlan: true }));
    const question = `Repair ${plural(toDo, "place")} of ${given}?`;
    if (!(await confirm(io, question, "pass --yes to repair, or --dry-run to see what would be"))) {
      note(io, "nothing was changed");
      return FOUND_PROBLEMS;
    }
  }
  const report = await repair(path, { signal });
  await writeAnswer(io, format, answerOf(report, io, { isPlan: false }));
  return report.left === 0 ? OK : FOUND_PROBLEMS;
}

async function pathOf(given: string, io: Io): Promise<string> {
  const [location, ...others] = await findLocations([given], io);
  if (others.length > 0) throw new UsageError(`${given} matches several files; repair one folder`);
  if (location?.kind !== "path") {
    throw new UsageError(
      `${given} cannot be repaired: only files can; step-log verify looks at it`,
    );
  }
  if (await isForeign(location.path)) {
    throw new UsageError(`${given} is the log of another tool, which step-log does not change`);
  }
  return location.path;
}

function answerOf(report: RepairReport, io: Io, { isPlan }: { isPlan: boolean }): Answer {
  const { files, closed, blanked, rescued, left, places } = report;
  const rows = places.map((place) => ({ ...place, location: shownPath(place.location, io) }));
  return {
    headline: headlineOf(report, isPlan),
    json: {
      ...{ is_dry_run: isPlan, files, closed, blanked, rescued, left },
      places: rows.map(({ location, ...place }) => ({ file: location, ...place })),
    },
    tables: [table({ columns: COLUMNS, rows, empty: "nothing to repair" })],
  };
}

function headlineOf(
  { files, closed, blanked, rescued, left }: RepairReport,
  isPlan: boolean,
): string {
  const verb = isPlan ? "to be " : "";
  const parts = [
    closed > 0 && `${plural(closed, "last line")} ${verb}ended`,
    blanked > 0 && `${plural(blanked, "bad line")} ${verb}made blank, with a copy in <file>.torn`,
    rescued > 0 &&
      `${plural(rescued, "record")} behind them ${isPlan ? "can be" : "are"} read then`,
    left > 0 && `${plural(left, "place")} left as they are`,
  ].filter((part) => part !== false);
  return [`${plural(files, "file")} looked at`, ...parts].join("; ");
}

const COLUMNS: readonly Column<RepairedPlace>[] = [
  { name: "file", value: (it) => it.location, cut: "start" },
  { name: "offset", value: (it) => it.offset, text: (it) => count(it.offset), align: "right" },
  { name: "bytes", value: (it) => it.bytes, text: (it) => count(it.bytes), align: "right" },
  {
    name: "action",
    value: (it) => it.action,
    paint: ({ action }, { yellow, green }) => (action === "left" ? yellow : green),
  },
  { name: "reason", value: (it) => it.reason, cut: "end" },
];
