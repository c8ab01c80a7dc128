import { type StepRecord, safe } from "@step-log/core";
import type { Column } from "../output/answer.ts";
import { widthOf } from "../output/cells.ts";
import { time } from "../output/figures.ts";
import type { Paint } from "../output/paint.ts";
import { shortRunId } from "../output/short-run-id.ts";
import { shortText } from "../output/short-text.ts";
import { stepName } from "../step-name.ts";
import type { Hit } from "./find-in.ts";

/** A step in which something was found; without a hit where only conditions were asked for. */
export interface FoundStep {
  readonly record: StepRecord;
  readonly hit: Hit | undefined;
}

/** The columns of found steps for other programs. */
export const FOUND_COLUMNS: readonly Column<FoundStep>[] = [
  { name: "run_id", value: ({ record }) => record.run_id },
  { name: "step", value: ({ record }) => record.step, align: "right" },
  { name: "type", value: ({ record }) => record.type },
  { name: "name", value: ({ record }) => stepName(record) },
  { name: "ts", value: ({ record }) => record.ts, text: ({ record }) => time(record.ts) },
  { name: "where", value: ({ hit }) => hit?.path },
  { name: "match", value: ({ hit }) => hit && matchOf(hit) },
  { name: "snippet", value: ({ hit }) => hit && Object.values(snippet(hit, DATA_CHARS)).join("") },
];

// Of what was found itself; a regular expression may find all of a text.
const MAX_MATCH = 1_000;
// Around it, on each side, for other programs.
const DATA_CHARS = 100;
// Most that a name and a path may take of a line.
const NAME_COLUMNS = 32;
const PATH_COLUMNS = 40;
// Least for people, also where the line gets longer than the terminal.
const LEAST_CHARS = 40;

/** A found step in one line: `2026-11-22 18:45:00  run-abc #7  tool_call search  output.text: … hit …` */
export function foundLine({ record, hit }: FoundStep, columns: number, paint: Paint): string {
  const when = time(record.ts);
  const step = `${shortRunId(record.run_id)} #${record.step}`;
  const name = shortText(stepName(record) ?? "", NAME_COLUMNS, "middle");
  const what = `${shortText(record.type, NAME_COLUMNS)} ${name}`.trimEnd();
  const head = `${paint.dim(when)}  ${paint.cyan(step)}  ${what}`;
  if (hit === undefined) return head;
  const path = shortText(hit.path, PATH_COLUMNS, "middle");
  const used = widthOf(`${when}  ${step}  ${what}  ${path}: `);
  const { before, match, after } = snippet(hit, Math.max(LEAST_CHARS, columns - used));
  return `${head}  ${paint.dim(`${path}:`)} ${before}${paint.bold(paint.red(match))}${after}`;
}

function matchOf({ text, start, end }: Omit<Hit, "path">): string {
  return text.slice(start, Math.min(end, start + MAX_MATCH));
}

/** What stands around a hit, in so many characters, safe for terminals. */
function snippet(
  { text, start, end }: Omit<Hit, "path">,
  room: number,
): { readonly before: string; readonly match: string; readonly after: string } {
  const match = flat(matchOf({ text, start, end }));
  const shownMatch = match.length > room ? `${match.slice(0, room - 1)}…` : match;
  const rest = Math.max(0, room - shownMatch.length);
  // What is behind tells more than what is in front.
  const front = flat(text.slice(Math.max(0, start - room), start)).trimStart();
  const back = flat(text.slice(end, end + room)).trimEnd();
  const backRoom = Math.max(rest - Math.min(front.length, Math.floor(rest / 3)), 0);
  const after = cutEnd(back, backRoom, end + room < text.length);
  const before = cutStart(front, rest - after.length, start > room);
  return { before, match: shownMatch, after };
}

function cutEnd(text: string, room: number, isMore: boolean): string {
  if (text.length <= room && !isMore) return text;
  return room < 1 ? "" : `${text.slice(0, room - 1)}…`;
}

function cutStart(text: string, room: number, isMore: boolean): string {
  if (text.length <= room && !isMore) return text;
  return room < 1 ? "" : `…${room < 2 ? "" : text.slice(1 - room)}`;
}

function flat(text: string): string {
  return safe(text.replace(/\s+/g, " "));
}
