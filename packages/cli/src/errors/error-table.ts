import type { ErrorFrame, Json } from "@step-log/core";
import { type Column, type Table, table } from "../output/answer.ts";
import { count, percent, time } from "../output/figures.ts";
import { stepWords } from "../output/shell-word.ts";
import type { ErrorGroup, GroupBy } from "./error-groups.ts";

/** What people, and other programs, get of groups of errors. */
export interface ErrorTableOptions {
  readonly by: GroupBy;
  /** As the user gave them, for commands to paste. */
  readonly locations: readonly string[];
}

/** Errors for people: a row a group; below it where it happened, and how to look at the last one. */
export function errorTable(
  groups: readonly ErrorGroup[],
  { by, locations }: ErrorTableOptions,
): Table {
  return table({
    columns: COLUMNS.filter(({ name }) => !LEFT_OUT[by].includes(name)),
    rows: groups,
    details: ({ message, example }) => [
      ...lastMessage(message, example.message),
      ...example.frames.map(frameText),
      `step-log replay ${stepWords(locations, example.runId, example.step)}`,
    ],
    empty: "no errors",
  });
}

/** A group as `--json` has it. */
export function errorGroupJson(group: ErrorGroup): Json {
  return Object.fromEntries(COLUMNS.map(({ name, value }) => [name, value(group) ?? null]));
}

// What a group does not have one of.
const LEFT_OUT: Readonly<Record<GroupBy, readonly string[]>> = {
  error: [],
  tool: ["error_type", "message"],
  type: ["kind", "name", "message"],
  message: ["kind", "name", "error_type"],
};

// As wide as two lines of most terminals.
const MAX_EXAMPLE = 160;

// What is longer is cut in the table, as a rule.
const SHORT = 40;

/** The message itself, where it says more than what it was folded to. */
function lastMessage(folded: string | null, message: string): readonly string[] {
  const line = firstLine(message);
  return line === folded && line.length <= SHORT ? [] : [`last: ${line}`];
}

function firstLine(message: string): string {
  const line = message.trim().split(/\r?\n/, 1)[0] ?? "";
  return line.length > MAX_EXAMPLE ? `${line.slice(0, MAX_EXAMPLE)}…` : line;
}

const KINDS = { llm_call: "model", tool_call: "tool", run_end: "run" } as const;

const COLUMNS: readonly Column<ErrorGroup>[] = [
  {
    name: "count",
    value: (it) => it.count,
    text: (it) => count(it.count),
    align: "right",
    paint: (_, { red }) => red,
  },
  {
    name: "share",
    value: ({ count, calls }) => (calls === null ? null : count / calls),
    text: ({ count, calls }) => (calls === null ? "-" : percent(count, calls)),
    align: "right",
  },
  { name: "calls", value: (it) => it.calls, isHidden: true },
  {
    name: "runs",
    value: (it) => it.runs,
    text: (it) => (it.runsAtLeast ? `≥ ${count(it.runs)}` : count(it.runs)),
    align: "right",
  },
  { name: "runs_at_least", value: (it) => it.runsAtLeast, isHidden: true },
  {
    name: "kind",
    value: (it) => it.kind,
    text: (it) => (it.kind === null ? "-" : KINDS[it.kind]),
    leaveOut: 2,
  },
  { name: "name", value: (it) => it.name, cut: "middle" },
  {
    name: "error_type",
    value: (it) => it.errorType,
    cut: "middle",
    paint: (_, { yellow }) => yellow,
  },
  { name: "message", value: (it) => it.message, cut: "end" },
  { name: "first", value: (it) => it.firstAt, text: (it) => time(it.firstAt), leaveOut: 4 },
  { name: "last", value: (it) => it.lastAt, text: (it) => time(it.lastAt), leaveOut: 3 },
  { name: "example_message", value: (it) => it.example.message, isHidden: true },
  { name: "example_run", value: (it) => it.example.runId, isHidden: true },
  { name: "example_step", value: (it) => it.example.step, isHidden: true },
  {
    name: "frames",
    value: (it) => it.example.frames as unknown as Json,
    text: (it) => it.example.frames.map(frameText).join("; ") || "-",
    isHidden: true,
  },
];

function frameText({ function: name, file, line, column }: ErrorFrame): string {
  const place = [file, line, column]
    .filter((part) => part !== null && part !== undefined)
    .join(":");
  return name ? `at ${name} (${place})` : `at ${place}`;
}
