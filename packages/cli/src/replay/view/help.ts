import { fit } from "../../output/cells.ts";
import type { Paint } from "../../output/paint.ts";
import type { Size } from "../state/replay-state.ts";

type Group = readonly [title: string, keys: readonly (readonly [key: string, does: string])[]];

const GROUPS: readonly Group[] = [
  [
    "Move",
    [
      ["↑ ↓, k j", "a row"],
      ["PgUp PgDn, space", "a page"],
      ["Home End, g G", "first, last"],
      ["Enter, →", "open"],
      ["Esc, q", "back, or leave"],
      ["Q, Ctrl-C", "leave"],
    ],
  ],
  [
    "Find",
    [
      ["/", "search everything"],
      ["n N", "next, previous match"],
      ["e E", "next, previous error"],
      [":", "go to step number"],
    ],
  ],
  [
    "List of steps",
    [
      ["t", "tree and sub-agents"],
      ["← →, Tab", "fold, unfold there"],
      ["x", "errors only"],
      ["s", "slowest first"],
      ["m", "most tokens first"],
      ["f", "follow a live run"],
    ],
  ],
  [
    "A step",
    [
      ["← →", "previous, next step"],
      ["Tab, 1 2 3 4", "what is shown of it"],
    ],
  ],
  [
    "Marks",
    [
      ["✗ …", "failed, never ended"],
      ["║", "ran beside others"],
      ["▾ ▸", "has steps inside"],
    ],
  ],
];

const KEY_WIDTH = 18;
// Wider ones would pull keys and what they do to the ends of the screen.
const MAX_COLUMN = 50;
// On the left; the others stand beside them.
const LEFT_GROUPS = 2;

/** What keys do, in two columns. */
export function helpLines({ columns, rows }: Size, paint: Paint): readonly string[] {
  const width = Math.min(MAX_COLUMN, Math.floor((columns - 2) / 2));
  const [left, right] = [
    groupLines(GROUPS.slice(0, LEFT_GROUPS), width, paint),
    groupLines(GROUPS.slice(LEFT_GROUPS), width, paint),
  ];
  const length = Math.max(left.length, right.length);
  const empty = " ".repeat(width);
  const lines = Array.from({ length }, (_, i) => `  ${left[i] ?? empty}${right[i] ?? ""}`);
  return lines.slice(0, rows - 2);
}

function groupLines(groups: readonly Group[], width: number, paint: Paint): readonly string[] {
  const keys = Math.min(KEY_WIDTH, Math.floor(width / 2));
  return groups.flatMap(([title, all], i) => [
    ...(i === 0 ? [] : [" ".repeat(width)]),
    paint.bold(fit(title, width)),
    ...all.map(([key, does]) => paint.cyan(fit(key, keys)) + fit(does, width - keys)),
  ]);
}
