import type { ExitCode } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { type Answer, type Table, table } from "../output/answer.ts";
import { count, percent, plural, usd } from "../output/figures.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { savedOf, usdOf } from "../stats/call-sums.ts";
import { costColumns, countColumn, tokenColumns, withoutZeros } from "../stats/columns.ts";
import type { CostDimension } from "../stats/dimensions.ts";
import { rate } from "../stats/stats-json.ts";
import { costText } from "../stats/stats-tables.ts";
import { type TallyLogsOptions, tallyLogs } from "../stats/tally-logs.ts";
import { topRows } from "../stats/top-rows.ts";
import {
  type CostReport,
  costJson,
  costReport,
  type NamedCost,
  unpricedModels,
} from "./cost-report.ts";

/** Options of `step-log cost`. */
export interface CostOptions extends FormatOptions, TallyLogsOptions {
  readonly by?: CostDimension;
}

/** Tells what the calls of models at the locations cost. */
export async function showCost(
  io: Io,
  locations: readonly string[],
  options: CostOptions,
): Promise<ExitCode> {
  const tally = await tallyLogs(io, locations, options);
  const report = costReport(tally, options.timeZone ?? "UTC");
  const format = formatOf(options);
  const by = options.by ?? (format === "csv" || format === "jsonl" ? "model" : undefined);
  await writeAnswer(io, format, answerOf(report, by));
  tellUnpriced(io, report);
  return tellBadLines(io, tally.badLines);
}

function answerOf(report: CostReport, by: CostDimension | undefined): Answer {
  const json = costJson(report);
  if (by !== undefined) return { json, tables: [withoutZeros(costTable(by, report))] };
  const shown: readonly CostDimension[] = ["model", "task_type", "day", "run"];
  const tables = shown.filter((it) => isTold(it, report)).map((it) => top(it, report));
  return { json, headline: headline(report), tables };
}

function headline({ total }: CostReport): string {
  const calls = plural(total.calls, "call of a model", "calls of models");
  const saved = savedOf(total);
  const spared = saved > 0 ? `; the cache spared ${usd(saved)}` : "";
  return `${costText(usdOf(total), total.unpriced)}, for ${calls}${spared}`;
}

function isTold(dimension: CostDimension, { by }: CostReport): boolean {
  const rows = by[dimension];
  if (dimension === "model") return true;
  if (dimension === "task_type") return rows.some(({ name }) => !name.startsWith("("));
  return rows.length > 1;
}

const TITLES: Readonly<Record<CostDimension, string>> = {
  model: "Models",
  run: "Runs",
  day: "Days",
  provider: "Providers",
  task_type: "Task types",
  agent: "Agents",
};

// More rows than these nobody reads; `--by` and `--json` have them all.
const MAX_ROWS = 10;

function top(dimension: CostDimension, report: CostReport): Table {
  const all = withoutZeros(costTable(dimension, report));
  return topRows(all, { title: TITLES[dimension], by: dimension, max: MAX_ROWS });
}

function costTable(dimension: CostDimension, { by, total }: CostReport): Table {
  const share = ({ sums }: NamedCost) => {
    const [part, all] = [usdOf(sums), usdOf(total)];
    return part === null || all === null ? null : rate(part, all);
  };
  return table<NamedCost>({
    columns: [
      {
        name: dimension === "run" ? "run_id" : dimension,
        value: ({ name }) => name,
        cut: "middle",
      },
      countColumn("calls", ({ sums }) => sums.calls),
      ...tokenColumns<NamedCost>(({ sums }) => sums),
      ...costColumns<NamedCost>(({ sums }) => sums),
      {
        name: "share",
        value: share,
        text: (row) => percentOf(share(row)),
        align: "right",
        leaveOut: 5,
      },
    ],
    rows: by[dimension],
    empty: "no calls of models",
  });
}

function percentOf(part: number | null): string {
  return part === null ? "-" : percent(part, 1);
}

// More names than these nobody reads.
const MAX_NAMED = 5;

const WHY: Readonly<Record<string, string>> = {
  no_model: "they name no model",
  unknown_model: "neither --prices nor the list has the model",
  no_rate: "the list has no rate for it",
  no_usage: "their tokens are not known",
  bad_usage: "their token counts cannot be right",
  unknown_tier: "the price of their service tier is not known",
  no_time: "the price depends on the time, which is not known",
};

/** What is not priced is not free; says which calls, and what would help. */
function tellUnpriced(io: Io, { total, by, unpricedReasons }: CostReport): void {
  if (total.unpriced === 0) return;
  const models = unpricedModels(by.model);
  const names = models
    .slice(0, MAX_NAMED)
    .map(({ name, sums }) => `${name} (${count(sums.unpriced)})`);
  if (models.length > MAX_NAMED) names.push(`${models.length - MAX_NAMED} more`);
  const reasons = unpricedReasons.map(([reason]) => WHY[reason] ?? reason);
  note(
    io,
    `${plural(total.unpriced, "call has", "calls have")} no price and ${total.unpriced === 1 ? "is" : "are"} not in ` +
      `the total: ${names.join(", ")}; ${reasons.join("; ")}`,
  );
}
