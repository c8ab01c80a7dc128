import { isRecord } from "@step-log/core";
import { KnownTexts } from "./known-texts.ts";
import { LineForms, NONE, type Step } from "./line-forms.ts";
import { isAt } from "./pattern.ts";
import { readNumber } from "./read-number.ts";
import type { Text } from "./scannable.ts";
import { LineValues, NAMES, RUN_ID, type ScannedLine, TEXTS } from "./scanned-line.ts";
import { isNullAt, skipValue } from "./skip-json.ts";

const NEWLINE = 10;
const QUOTE = 34;
const CLOSE_OBJECT = 125;

export class LineScanner {
  readonly #values = new LineValues();
  readonly #forms = new LineForms(this.#values);
  readonly #runIds = new KnownTexts();
  readonly #writers = new KnownTexts();
  /** The line that was scanned last; only good when it was taken. */
  record: ScannedLine = this.#forms.start.record;

  /** Reads the line that begins at `from`: gives where its `\n` is, or -1 for one that it leaves. */
  scan(text: Text, from: number): number {
    const values = this.#values;
    const { numbers } = values;
    const { bytes, words } = text;
    values.clear();
    let at = from;
    let place = this.#forms.start;
    do {
      const step = stepAt(words, at, place.steps) ?? this.#forms.learn(text, at, place);
      if (step === undefined) return -1;
      const { field } = step;
      at += step.length;
      place = step.next;
      if (field === NONE) continue;
      if (field < TEXTS) at = readNumber(text, at, numbers, field);
      else if (field < NAMES) at = this.#readText(text, at, field);
      else at = skipValue(text, at);
      if (at < 0) return -1;
    } while (bytes[at] !== CLOSE_OBJECT);
    const { record } = place;
    if (bytes[at + 1] !== NEWLINE || !place.isTimed || !isRecord(record)) return -1;
    this.record = record;
    return at + 1;
  }

  #readText(text: Text, from: number, field: number): number {
    let end = from + 4;
    let found: string | null = null;
    if (text.bytes[from] === QUOTE) {
      const known = (field === RUN_ID ? this.#runIds : this.#writers).at(text, from);
      if (known === undefined) return -1;
      found = known.text;
      end = from + known.length;
    } else if (!isNullAt(text.bytes, from)) return -1;
    if (field === RUN_ID) this.#values.runId = found;
    else this.#values.writer = found;
    return end;
  }
}

function stepAt(words: DataView, at: number, steps: readonly Step[]): Step | undefined {
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    if (isAt(words, at, step.pattern)) return step;
  }
  return undefined;
}
