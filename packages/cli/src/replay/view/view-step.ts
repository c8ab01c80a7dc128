import { safe } from "@step-log/core";
import { fit, widthOf } from "../../output/cells.ts";
import type { Paint } from "../../output/paint.ts";
import { aboutStep, kindOf, kindTone, stateMark } from "../../show/step-facts.ts";
import { stateText } from "../../show/step-lines.ts";
import { type Line, paintLine, type TextMatch, textOfLine, toned } from "../../terminal/line.ts";
import {
  heightOf,
  openRunOf,
  type ReplayState,
  type StepPage,
  stepsPageOf,
  TABS,
} from "../state/replay-state.ts";
import { textMatch } from "../state/search.ts";
import { stepPageLines, stepWidth } from "../state/step-page-lines.ts";
import { type StepRow, stepRows } from "../state/step-rows.ts";
import { selectedRow } from "../state/steps-list.ts";
import { beside } from "./beside.ts";
import { type Body, positionOf } from "./body.ts";

/** One step: what it was given and gave, what had been done before it, what the model was sent. */
export function viewStep(state: ReplayState, page: StepPage, paint: Paint): Body {
  const row = selectedRow(state);
  const run = openRunOf(state);
  const list = stepsPageOf(state);
  if (row?.step == null || run === undefined || list === undefined) {
    return { about: "", lines: ["", "  reading …"], keys: KEYS, position: "" };
  }
  const { step } = row;
  const { columns } = state.size;
  const height = heightOf(page, state.size);
  const lines = stepPageLines(state, row, {
    tab: page.tab,
    width: stepWidth(state.size, page.tab),
  });
  const mark = state.search === null ? undefined : textMatch(state.search.text);
  const shown = lines.slice(page.top, page.top + height);
  const width = stepWidth(state.size, page.tab);
  const left = shown.map((it) => ` ${padded(it, width, paint, mark)} `);
  const painted = width === columns - 2 ? left : withContext(state, row, left, paint);
  const more = lines.length > height ? `  ${percentOf(page.top, lines.length - height)}` : "";
  const title = `${stateMark(step)} ${[kindOf(step), step.name].filter(Boolean).join(" ")}`.trim();
  const tone = step.state === "failed" ? "bad" : kindTone(step);
  const name = safe(title);
  const about = safe(aboutStep(step));
  const room = columns - widthOf(name) - 4;
  return {
    about: stateText(step),
    lines: [
      ` ${paint.bold(toned(tone, paint)(name))}  ${paint.dim(fit(about, Math.max(0, room)))}`,
      tabsLine(page, columns, paint),
      ...painted,
    ],
    keys: KEYS,
    position: `${positionOf(list.cursor, stepRows(run, list).length)}${more}`,
  };
}

/** On wide terminals what the agent had done by then stands beside the step. */
function withContext(
  state: ReplayState,
  row: StepRow,
  left: readonly string[],
  paint: Paint,
): readonly string[] {
  const { columns, rows } = state.size;
  const width = stepWidth(state.size, "step");
  const room = columns - width - 6;
  const context = stepPageLines(state, row, { tab: "before", width: room, maxLines: rows });
  const right = context.map((it) => paintLine(it, room, paint));
  return beside(left, [paint.bold("Before it"), "", ...right], width + 2, paint).slice(0, rows - 4);
}

function padded(line: Line, width: number, paint: Paint, mark: TextMatch | undefined): string {
  const rest = Math.max(0, width - widthOf(textOfLine(line)));
  return paintLine(line, width, paint, mark) + " ".repeat(rest);
}

function percentOf(top: number, last: number): string {
  return `${Math.round((100 * top) / Math.max(1, last))} %`;
}

const TAB_NAMES: Readonly<Record<StepPage["tab"], string>> = {
  step: "1 Step",
  before: "2 Before it",
  messages: "3 Messages",
  record: "4 Record",
};

function tabsLine({ tab }: StepPage, columns: number, paint: Paint): string {
  const names = TABS.map((it) => {
    const name = it === tab ? `[${TAB_NAMES[it]}]` : ` ${TAB_NAMES[it]} `;
    return it === tab ? paint.inverse(name) : paint.dim(name);
  });
  const width = TABS.reduce((sum, it) => sum + TAB_NAMES[it].length + 3, 0);
  return width > columns ? ` ${paint.inverse(`[${TAB_NAMES[tab]}]`)}` : ` ${names.join(" ")}`;
}

const KEYS: Body["keys"] = [
  ["↑↓", "scroll"],
  ["←→", "step"],
  ["Tab", "view"],
  ["e", "error"],
  ["/", "search"],
  ["?", "help"],
  ["q", "back"],
];
