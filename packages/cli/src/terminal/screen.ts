import type { Output } from "../io.ts";

/** The whole terminal, as lines that are drawn over each other. */
export interface Screen {
  /** Takes the terminal: the user's lines are kept aside. */
  enter(): void;
  /** Draws a frame; of lines, those that are not what stands there already, in a single write. */
  draw(lines: readonly string[]): void;
  /** Draws everything anew the next time, as after another size. */
  forget(): void;
  /** Gives the terminal back as it was. */
  leave(): void;
}

const ESC = "\u{1b}[";
// The alternate screen; no cursor; no wrapping, so that a glyph that is wider than thought harms one line.
const ENTER = `${ESC}?1049h${ESC}?25l${ESC}?7l`;
const LEAVE = `${ESC}?7h${ESC}?25h${ESC}?1049l`;
// Terminals that know it show a frame at once; others pass over it.
const BEGIN_FRAME = `${ESC}?2026h`;
const END_FRAME = `${ESC}?2026l`;
// Before the text and not behind it: in the last column it would take the last character away.
const ERASE = `${ESC}0m${ESC}K`;

/** A screen on a terminal. */
export function screenOn(output: Output): Screen {
  let isEntered = false;
  let drawn: readonly string[] = [];
  let isSlow = false;
  let waiting: readonly string[] | undefined;

  const draw = (lines: readonly string[]): void => {
    if (!isEntered) return;
    // A terminal that is behind gets the last frame when it has caught up, and none in between.
    if (isSlow) {
      waiting = lines;
      return;
    }
    const changed = lines.flatMap((line, i) =>
      line === drawn[i] ? [] : [`${ESC}${i + 1};1H${ERASE}${line}`],
    );
    drawn = lines;
    if (changed.length === 0) return;
    if (output.write(`${BEGIN_FRAME}${changed.join("")}${END_FRAME}`)) return;
    isSlow = true;
    output.once("drain", () => {
      isSlow = false;
      const next = waiting;
      waiting = undefined;
      if (next !== undefined) draw(next);
    });
  };
  return {
    enter() {
      if (isEntered) return;
      isEntered = true;
      drawn = [];
      output.write(`${ENTER}${ESC}2J`);
    },
    draw,
    forget() {
      drawn = [];
      if (isEntered) output.write(`${ESC}2J`);
    },
    leave() {
      if (!isEntered) return;
      isEntered = false;
      output.write(LEAVE);
    },
  };
}
