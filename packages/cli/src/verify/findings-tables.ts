import type { StepGap } from "@step-log/fs-sink";
import type { RunReport } from "@step-log/s3-sink";
import { type Column, type Table, table } from "../output/answer.ts";
import { bytes, count, plural } from "../output/figures.ts";
import type { BadPlace, Findings } from "./findings.ts";

/** What was looked at, and whether something is wrong with it, in a sentence or two. */
export function headlineOf(findings: Findings): string {
  const { files, runs, records, badLineCount } = findings;
  const missingSteps = findings.missingSteps ?? 0;
  const duplicates = findings.duplicates ?? 0;
  const dropped = findings.droppedCount ?? 0;
  const unfinished = findings.unfinished ?? 0;
  const size = findings.bytes === null ? "" : `, ${bytes(findings.bytes)}`;
  const read = `${plural(files, "file")}${size}: ${plural(records, "record")} of ${plural(runs, "run")}.`;
  const wrong = [
    badLineCount > 0 && `${plural(badLineCount, "line")} could not be read`,
    missingSteps > 0 && `${plural(missingSteps, "step")} missing`,
    duplicates > 0 && `${plural(duplicates, "step")} recorded twice`,
    dropped > 0 && `${plural(dropped, "record")} lost by the writer`,
    findings.buckets.some(lacksParts) && "parts missing",
  ].filter((text) => text !== false);
  const besides = [
    findings.tornTail && "A file ends in the middle of a record.",
    unfinished > 0 && `${plural(unfinished, "step")} never ended.`,
    findings.isPartial && "There are too many runs to look at the steps of all.",
  ].filter((text) => text !== false);
  return [read, wrong.length > 0 ? `${wrong.join(", ")}.` : "Nothing is wrong.", ...besides].join(
    "\n",
  );
}

function lacksParts({ writers }: RunReport): boolean {
  return writers.some(({ missingParts }) => missingParts.length > 0);
}

/** Where it is, in tables; those that have nothing are left out for people. */
export function findingsTables(findings: Findings): readonly Table[] {
  const { places, damagedFiles, gaps, buckets, badLineCount } = findings;
  const more = badLineCount > places.length ? `, the first ${count(places.length)}` : "";
  const rest = [
    table({ title: "Files with such lines", columns: FILES, rows: damagedFiles }),
    table({ title: "Steps that are missing", columns: GAPS, rows: gaps }),
    table({ title: "Runs that are not whole", columns: RUNS, rows: buckets }),
  ];
  const first = table({
    ...(places.length > 0 && { title: `Lines that could not be read${more}` }),
    columns: PLACES,
    rows: places,
    empty: "every line could be read",
  });
  return [first, ...rest.filter(({ rows }) => rows.length > 0)];
}

const PLACES: readonly Column<BadPlace>[] = [
  { name: "file", value: (it) => it.file, cut: "start" },
  { name: "line", value: (it) => it.line, text: (it) => count(it.line), align: "right" },
  { name: "offset", value: (it) => it.offset, text: (it) => count(it.offset), align: "right" },
  { name: "bytes", value: (it) => it.bytes, text: (it) => count(it.bytes), align: "right" },
  { name: "damage", value: (it) => it.damage, paint: (_, { red }) => red },
  { name: "reason", value: (it) => it.reason, cut: "end" },
];

const FILES: readonly Column<Findings["damagedFiles"][number]>[] = [
  { name: "file", value: (it) => it.path, cut: "start" },
  { name: "bytes", value: (it) => it.bytes, text: (it) => bytes(it.bytes), align: "right" },
  { name: "lines", value: (it) => it.lines, text: (it) => count(it.lines), align: "right" },
  {
    name: "bad_lines",
    value: (it) => it.badLineCount,
    text: (it) => count(it.badLineCount),
    align: "right",
  },
  { name: "ends_torn", value: (it) => it.tornTail, text: (it) => (it.tornTail ? "yes" : "no") },
];

const GAPS: readonly Column<StepGap>[] = [
  { name: "run_id", value: (it) => it.runId, cut: "middle" },
  { name: "writer", value: (it) => it.writer, leaveOut: 1 },
  { name: "from", value: (it) => it.from, align: "right" },
  { name: "to", value: (it) => it.to, align: "right" },
];

const RUNS: readonly Column<RunReport>[] = [
  { name: "run_id", value: (it) => it.runId, cut: "middle" },
  { name: "parts", value: (it) => it.parts, align: "right" },
  {
    name: "missing_parts",
    value: ({ writers }) =>
      writers.flatMap(({ writer, missingParts }) =>
        missingParts.map(({ from, to }) => `${writer}.${from}-${to}`),
      ),
    cut: "end",
  },
  { name: "missing_steps", value: (it) => it.missingSteps.map(({ from, to }) => `${from}-${to}`) },
  { name: "bad_lines", value: (it) => it.badLines, align: "right" },
  { name: "duplicates", value: (it) => it.duplicates, align: "right" },
  { name: "has_ended", value: (it) => it.hasEnded, text: (it) => (it.hasEnded ? "yes" : "no") },
];
