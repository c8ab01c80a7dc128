import type { Paint } from "../output/paint.ts";
import { fit } from "../terminal/cells.ts";
import type { Size } from "./replay-state.ts";

type Group = readonly [title: string, keys: readonly (readonly [key: string, does: string])[]];

const GROUPS: readonly Group[] = [
  [
    "Move",
    [
      ["↑ ↓, k j", "a row or line"],
      ["PgUp PgDn, b space", "a page"],
      ["Home End, g G", "to the beginning, the end"],
      ["Enter, →", "open what is selected"],
      ["Esc, q", "back; on the first page leave"],
      ["Q, Ctrl-C", "leave"],
    ],
  ],
  [
    "Find",
    [
      ["/", "search names and payloads; capitals only if typed"],
      ["n N", "next match, the one before"],
      ["e E", "next error, the one before"],
      [":", "go to the step of a number"],
    ],
  ],
  [
    "List of steps",
    [
      ["t", "as a tree, with sub-agents"],
      ["← →, Tab", "in the tree: fold, unfold"],
      ["x", "errors only"],
      ["s", "slowest first"],
      ["m", "most tokens first"],
      ["f", "follow the run as it goes on"],
    ],
  ],
  [
    "A step",
    [
      ["← →", "the step before, the next"],
      ["Tab, 1 2 3 4", "step, before it, messages, record"],
    ],
  ],
];

const KEY_WIDTH = 20;

/** What keys do: in two columns where there is room. */
export function helpLines({ columns, rows }: Size, paint: Paint): readonly string[] {
  const blocks = GROUPS.map(([title, keys]) => [
    { key: "", does: title },
    ...keys.map(([key, does]) => ({ key, does })),
    { key: "", does: "" },
  ]);
  const all = blocks.flat();
  const isNarrow = columns < 2 * 64 || all.length <= rows - 3;
  const half = isNarrow ? all.length : (blocks[0]?.length ?? 0) + (blocks[1]?.length ?? 0);
  const width = isNarrow ? columns : Math.floor(columns / 2);
  const cell = (it: (typeof all)[number] | undefined) => {
    if (it === undefined) return "";
    if (it.key === "") return `  ${paint.bold(fit(it.does, width - 2))}`;
    return `  ${paint.cyan(fit(it.key, KEY_WIDTH))}${fit(it.does, width - KEY_WIDTH - 2)}`;
  };
  const [left, right] = [all.slice(0, half), all.slice(half)];
  const length = Math.max(left.length, right.length);
  const empty = { key: "", does: "" };
  return ["", ...Array.from({ length }, (_, i) => cell(left[i] ?? empty) + cell(right[i]))].slice(
    0,
    rows - 2,
  );
}
