import { gluedValues } from "./glued-values.ts";
import { type Line, LineCutter } from "./line-cutter.ts";
import { parseJson } from "./parse-json.ts";
import { salvageJson } from "./salvage-json.ts";

/** Who hears of the values of a source and of what is wrong with them. */
export interface ValueListener {
  value(value: unknown, bytes: number): void;
  bad(reason: string, offset: number, bytes: number): void;
}

// So many lines are looked at before it is decided that the source is one document over many lines.
const MAX_LOOKED_AT = 20;

/**
 * Reads the JSON values of a source: one a line, or one document over many lines.
 *
 * Of a document that is cut off, what is complete is a value. No more than `maxBytes` of a value are
 * held; memory does not depend on how many there are.
 */
export class JsonValues {
  readonly #maxBytes: number;
  readonly #listener: ValueListener;
  readonly #cutter: LineCutter;
  #isLines = false;
  // Lines that were not JSON by themselves, until it is known what the source is.
  #first: Line[] = [];
  #document: string[] | undefined;
  #documentBytes = 0;

  constructor(maxBytes: number, listener: ValueListener) {
    this.#maxBytes = maxBytes;
    this.#listener = listener;
    this.#cutter = new LineCutter(maxBytes);
  }

  push(bytes: Buffer): void {
    for (const line of this.#cutter.push(bytes)) this.#line(line);
  }

  end(): void {
    const last = this.#cutter.end();
    if (last !== undefined) this.#line(last);
    if (!this.#isLines && this.#document === undefined) this.#beginDocument();
    if (this.#document !== undefined) this.#endDocument(this.#document);
  }

  #line(line: Line): void {
    if (this.#document !== undefined) {
      this.#append(line, this.#document);
      return;
    }
    const { text, reason, offset, bytes } = line;
    if (text === undefined) {
      this.#listener.bad(reason ?? "", offset, bytes);
      return;
    }
    const value = parseJson(text);
    if (value !== undefined) {
      if (reason !== undefined) this.#listener.bad(reason, offset, bytes);
      if (!this.#isLines) this.#beginLines();
      this.#listener.value(value, bytes);
    } else if (!/\S/.test(text)) return;
    else if (this.#isLines) this.#damaged(text, offset, bytes);
    else {
      this.#first.push(line);
      // So begins a document that was laid out for people.
      const isLaidOut = /^\s*[[{]\s*$/.test(this.#first[0]?.text ?? "");
      if (isLaidOut || this.#first.length >= MAX_LOOKED_AT) this.#beginDocument();
    }
  }

  /** A line that is no JSON may hold whole values all the same. */
  #damaged(text: string, offset: number, bytes: number): void {
    const { values, lost } = gluedValues(text);
    if (values.length === 0) {
      this.#listener.bad(whyNot(text), offset, bytes);
      return;
    }
    const reason =
      lost === 0
        ? `${values.length} records on one line, which were read`
        : `${lost} characters that are no record, glued to a whole one, which was read`;
    this.#listener.bad(reason, offset, bytes);
    for (const value of values) this.#listener.value(value, bytes);
  }

  #beginLines(): void {
    this.#isLines = true;
    for (const { text = "", offset, bytes } of this.#first) this.#damaged(text, offset, bytes);
    this.#first = [];
  }

  #beginDocument(): void {
    this.#document = [];
    for (const line of this.#first) this.#append(line, this.#document);
    this.#first = [];
  }

  #append({ text = "", bytes }: Line, document: string[]): void {
    this.#documentBytes += bytes + 1;
    if (this.#documentBytes > this.#maxBytes) document.length = 0;
    else document.push(text);
  }

  #endDocument(document: readonly string[]): void {
    const bytes = this.#documentBytes;
    if (bytes > this.#maxBytes) {
      this.#listener.bad(`longer than ${this.#maxBytes} bytes (maxValueBytes)`, 0, bytes);
      return;
    }
    const text = document.join("\n");
    if (text === "") return;
    const value = parseJson(text);
    if (value !== undefined) {
      this.#listener.value(value, bytes);
      return;
    }
    const salvaged = salvageJson(text);
    const rest = salvaged === undefined ? undefined : parseJson(salvaged);
    if (rest === undefined) this.#listener.bad(whyNot(text), 0, bytes);
    else {
      this.#listener.bad("the document is cut off; what was complete of it was read", 0, bytes);
      this.#listener.value(rest, bytes);
    }
  }
}

// Not the engine's message, which may quote the line.
function whyNot(text: string): string {
  const end = text.trim();
  if (end.startsWith("\0")) return "begins with NUL bytes, a hole in the file";
  return end.endsWith("}") || end.endsWith("]") ? "not JSON, or cut short" : "cut short";
}
