import type { Answer, Column } from "../output/answer.ts";
import { table } from "../output/answer.ts";
import { bytes, count, duration, plural } from "../output/figures.ts";
import type { ImportTally, Problem, SharedRun } from "./import-tally.ts";
import { OUTCOMES, type Outcome } from "./run-store.ts";

/** What an import came to, beside what it counted. */
export interface ImportFacts {
  readonly out: string;
  readonly sources: number;
  readonly durationMs: number;
  readonly isDryRun: boolean;
}

/** The report of an import. */
export function importAnswer(tally: ImportTally, facts: ImportFacts): Answer {
  const tables = [
    table({ columns: FACTS, rows: factsOf(tally, facts) }),
    table({ columns: FORMATS, rows: Object.entries(tally.formats), empty: "of no known format" }),
  ];
  if (tally.problems.length > 0) {
    const rest = tally.problemCount - tally.problems.length;
    const title = rest > 0 ? `Problems (${count(rest)} more)` : "Problems";
    tables.push(table({ title, columns: PROBLEMS, rows: tally.problems }));
  }
  if (tally.sharedCount > 0) {
    const rest = tally.sharedCount - tally.shared.length;
    const title = `Runs in several files${rest > 0 ? ` (${count(rest)} more)` : ""}`;
    tables.push(table({ title, columns: SHARED, rows: tally.shared }));
  }
  return { json: jsonOf(tally, facts), tables };
}

type Fact = readonly [name: string, value: string];

const FACTS: readonly Column<Fact>[] = [
  { name: "what", value: ([name]) => name },
  { name: "value", value: ([, value]) => value, cut: "end" },
];

const FORMATS: readonly Column<readonly [name: string, files: number]>[] = [
  { name: "format", value: ([name]) => name },
  { name: "files", value: ([, files]) => files, text: ([, files]) => count(files), align: "right" },
];

const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  new: "new",
  grown: "grown",
  replaced: "replaced",
  unchanged: "as they were",
  kept: "left as they are",
};

function factsOf(tally: ImportTally, facts: ImportFacts): readonly Fact[] {
  const { runs, records, leftOutCount, problemCount } = tally;
  const { isDryRun, durationMs, out, sources } = facts;
  const rate = durationMs > 0 ? `, ${bytes((1000 * tally.bytes) / durationMs)}/s` : "";
  const all: (Fact | false)[] = [
    [
      "runs",
      OUTCOMES.filter((it) => runs[it] > 0)
        .map((it) => `${count(runs[it])} ${OUTCOME_WORDS[it]}`)
        .join(", ") || "0",
    ],
    ["records", count(records)],
    [
      "read",
      `${bytes(tally.bytes)} of ${plural(sources - tally.unread, "file")} in ${duration(durationMs)}${rate}`,
    ],
    tally.unread > 0 && ["not read again", `${plural(tally.unread, "file")}, not changed since`],
    leftOutCount > 0 && ["left out", `${plural(leftOutCount, "file")} without a run`],
    ["problems", count(problemCount)],
    [isDryRun ? "would go to" : "written to", out],
  ];
  return all.filter((fact) => fact !== false);
}

const PROBLEMS: readonly Column<Problem>[] = [
  { name: "location", value: ({ location }) => location, cut: "start" },
  {
    name: "offset",
    value: ({ offset }) => offset,
    text: ({ offset }) => (offset === null ? "-" : `byte ${count(offset)}`),
    align: "right",
  },
  { name: "reason", value: ({ reason }) => reason, cut: "end" },
];

const SHARED: readonly Column<SharedRun>[] = [
  { name: "run_id", value: ({ runId }) => runId, cut: "middle" },
  { name: "taken_from", value: ({ taken }) => taken, cut: "start" },
  {
    name: "also_in",
    value: ({ sources, taken }) => sources.filter((it) => it !== taken),
    text: ({ sources, taken }) => sources.filter((it) => it !== taken).join(", ") || taken,
    cut: "start",
  },
];

function jsonOf(tally: ImportTally, facts: ImportFacts): Answer["json"] {
  return {
    dry_run: facts.isDryRun,
    out: facts.out,
    files: facts.sources,
    bytes_read: tally.bytes,
    duration_ms: Math.round(facts.durationMs),
    runs: { ...tally.runs },
    records: tally.records,
    formats: { ...tally.formats },
    files_not_read_again: tally.unread,
    left_out: tally.leftOutCount,
    problem_count: tally.problemCount,
    problems: tally.problems.map((it) => ({ ...it })),
    kept_runs: tally.kept.map(({ runId, source }) => ({ run_id: runId, source })),
    shared_run_count: tally.sharedCount,
    shared_runs: tally.shared.map(({ runId, sources, taken }) => ({
      run_id: runId,
      taken_from: taken,
      sources: [...sources],
    })),
  };
}
