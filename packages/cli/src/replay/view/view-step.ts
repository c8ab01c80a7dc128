import { safe } from "@step-log/core";
import type { Paint } from "../../output/paint.ts";
import { aboutStep, kindOf, kindTone, stateMark } from "../../show/step-facts.ts";
import { stateText } from "../../show/step-lines.ts";
import { fit, widthOf } from "../../terminal/cells.ts";
import { paintLine, toned } from "../../terminal/line.ts";
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
import { stepRows } from "../state/step-rows.ts";
import { selectedRow } from "../state/steps-list.ts";
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
  const lines = stepPageLines(state, row, { tab: page.tab, width: stepWidth(state.size) });
  const mark = state.search === null ? undefined : textMatch(state.search.text);
  const shown = lines.slice(page.top, page.top + height);
  const painted = shown.map((it) => ` ${paintLine(it, columns - 2, paint, mark)}`);
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
