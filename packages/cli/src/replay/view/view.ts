import { safe } from "@step-log/core";
import { cutEnd, fit, widthOf } from "../../output/cells.ts";
import { count, percent, plural } from "../../output/figures.ts";
import type { Paint } from "../../output/paint.ts";
import { openRunOf, pageOf, type ReplayState, stepsPageOf } from "../state/replay-state.ts";
import { stepRows } from "../state/step-rows.ts";
import type { Body, KeyHint } from "./body.ts";
import { helpLines } from "./help.ts";
import { viewRuns } from "./view-runs.ts";
import { viewStep } from "./view-step.ts";
import { viewSteps } from "./view-steps.ts";

/** The lines of the screen, as many as it has and none wider than it is. */
export function view(state: ReplayState, paint: Paint): readonly string[] {
  const { columns, rows } = state.size;
  if (rows < MIN_ROWS || columns < MIN_COLUMNS) {
    return Array.from({ length: rows }, (_, i) => (i === 0 ? cutEnd("too small", columns) : ""));
  }
  const body = state.isHelpShown ? helpBody(state, paint) : bodyOf(state, paint);
  const room = rows - 2;
  const lines = Array.from({ length: room }, (_, i) => body.lines[i] ?? "");
  return [topLine(state, body, paint), ...lines, bottomLine(state, body, paint)];
}

const MIN_ROWS = 6;
const MIN_COLUMNS = 40;

function bodyOf(state: ReplayState, paint: Paint): Body {
  const page = pageOf(state);
  switch (page.kind) {
    case "runs":
      return viewRuns(state, page, paint);
    case "steps":
      return viewSteps(state, page, paint);
    case "step":
      return viewStep(state, page, paint);
  }
}

function helpBody(state: ReplayState, paint: Paint): Body {
  return {
    about: "",
    lines: helpLines(state.size, paint),
    keys: [["any key", "back"]],
    position: "",
  };
}

/** `logs > run-abc123 > step 3          failed` */
function topLine(state: ReplayState, { about }: Body, paint: Paint): string {
  const { columns } = state.size;
  const crumbs = crumbsOf(state);
  const right = cutEnd(about, Math.floor(columns / 2));
  const room = columns - widthOf(right) - 3;
  const rest = crumbs
    .slice(1)
    .map((it) => ` › ${it}`)
    .join("");
  // Of a path the end tells most, and where one is in it more than the path.
  const name = cutStart(crumbs[0] ?? "", Math.max(MIN_NAME, room - widthOf(rest)));
  const left = fit(`${name}${rest}`, room, { cut: "middle" });
  return ` ${paint.bold(left)} ${paint.dim(right)}`;
}

const MIN_NAME = 12;

function cutStart(text: string, width: number): string {
  return widthOf(text) <= width ? text : `…${text.slice(-(width - 1))}`;
}

function crumbsOf(state: ReplayState): readonly string[] {
  const crumbs = [safe(state.name)];
  for (const page of state.pages) {
    if (page.kind === "steps") crumbs.push(safe(page.runId));
    if (page.kind === "step") {
      const run = openRunOf(state);
      const list = stepsPageOf(state);
      const step = run && list && stepRows(run, list).at(list.cursor)?.step;
      if (step) crumbs.push(`step ${step.number}`);
    }
  }
  if (state.isHelpShown) crumbs.push("help");
  return crumbs;
}

/** What is typed, or what there is to say, or the keys; and where one is. */
function bottomLine(state: ReplayState, { keys, position }: Body, paint: Paint): string {
  const { columns } = state.size;
  const { prompt, notice } = state;
  const right = [searchText(state), state.isFollowing ? "following" : "", position]
    .filter(Boolean)
    .join("  ");
  const room = Math.max(10, columns - widthOf(right) - 4);
  const text = (shown: string) => fit(shown, room);
  if (prompt !== null) {
    const lead = prompt.kind === "search" ? "/" : "step ";
    const typed = safe(prompt.text);
    // The end is what is being typed.
    const tail = widthOf(typed) > room - 8 ? `…${typed.slice(-(room - 9))}` : typed;
    const shown = `${lead}${tail}`;
    const rest = " ".repeat(Math.max(0, room - widthOf(shown) - 1));
    return ` ${paint.bold(shown)}${paint.inverse(" ")}${rest}  ${paint.dim(right)}`;
  }
  if (notice !== null) return ` ${paint.bold(text(safe(notice)))}  ${paint.dim(right)}`;
  return ` ${hints(keys, room, paint)}  ${paint.dim(right)}`;
}

/** As many as have room, whole ones. */
function hints(keys: readonly KeyHint[], room: number, paint: Paint): string {
  let width = 0;
  let text = "";
  for (const [key, does] of keys) {
    const more = widthOf(key) + 1 + widthOf(does) + (text === "" ? 0 : 2);
    if (width + more > room) break;
    text += `${text === "" ? "" : "  "}${paint.bold(key)} ${paint.dim(does)}`;
    width += more;
  }
  return text + " ".repeat(Math.max(0, room - width));
}

function searchText(state: ReplayState): string {
  const { search } = state;
  const run = openRunOf(state);
  if (search === null || run === undefined) return "";
  if (search.seeking !== null) return `searching ${percent(search.counted.steps, run.length)}`;
  const { steps, found } = search.counted;
  const isAll = steps >= run.length;
  return `${cutEnd(safe(search.text), 20)}: ${isAll ? plural(found, "step") : `${count(found)}+ steps`}`;
}
