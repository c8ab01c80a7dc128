import type { StepRecord } from "../record.ts";
import type { Entry } from "../sink.ts";

/** An entry that was written as bytes; its text and its record are made when they are asked for. */
export class WrittenEntry implements Entry {
  readonly runId: string;
  readonly step: number;
  // Part of a page that many records stand in; nobody writes there again.
  readonly #page: Uint8Array;
  readonly #from: number;
  readonly #to: number;
  #line: string | undefined;
  #record: StepRecord | undefined;

  constructor(runId: string, step: number, page: Uint8Array, from: number, to: number) {
    this.runId = runId;
    this.step = step;
    this.#page = page;
    this.#from = from;
    this.#to = to;
  }

  get bytes(): Uint8Array {
    return this.#page.subarray(this.#from, this.#to);
  }

  get line(): string {
    this.#line ??= decoder.decode(this.bytes);
    return this.#line;
  }

  get record(): StepRecord {
    this.#record ??= JSON.parse(this.line) as StepRecord;
    return this.#record;
  }
}

/** An entry that was written as text; its record is made when it is asked for. */
export class TextEntry implements Entry {
  readonly runId: string;
  readonly step: number;
  readonly line: string;
  #record: StepRecord | undefined;

  constructor(runId: string, step: number, line: string) {
    this.runId = runId;
    this.step = step;
    this.line = line;
  }

  get record(): StepRecord {
    this.#record ??= JSON.parse(this.line) as StepRecord;
    return this.#record;
  }
}

const decoder = /* @__PURE__ */ new TextDecoder();
