import { type CleanValues, cleanValues } from "@step-log/convert";
import { isRecord, type RedactOptions, redactor, toLine } from "@step-log/core";
import { UsageError } from "../usage-error.ts";
import type { ByteLine } from "./byte-lines.ts";

/** What was done to lines so far. */
export interface RedactCounts {
  records: number;
  changed: number;
  badLines: number;
  values: number;
  /** By the name of a key, or by what a text looked like: `password`, `jwt`. */
  readonly byName: Map<string, number>;
}

// A log that was written by a stranger could name any number of keys.
const MAX_NAMES = 1_000;
const OTHERS = "others";
const MARKER = /\[REDACTED:([\w-]+)\]/g;

/** Replaces what is secret in lines, one by one. */
export class LineRedactor {
  readonly counts: RedactCounts = {
    records: 0,
    changed: 0,
    badLines: 0,
    values: 0,
    byName: new Map(),
  };
  readonly #keepBadLines: boolean;
  readonly #clean: CleanValues;
  #givenUp: RegExp | undefined;

  constructor(options: RedactOptions & { readonly keepBadLines: boolean }) {
    const { keepBadLines, ...rest } = options;
    this.#keepBadLines = keepBadLines;
    this.#clean = cleanValues(
      redactor(rest, (pattern) => {
        this.#givenUp = pattern;
      }),
      (before, after, key) => this.#replaced(before, after, key),
    );
  }

  /**
   * The line without secrets: the same bytes where there are none; nothing where it is left out.
   *
   * @throws UsageError for a pattern that cannot be used, since secrets would stay
   */
  line({ bytes, isTooLong }: ByteLine): Uint8Array | undefined {
    if (isBlank(bytes)) return bytes;
    const value = isTooLong ? undefined : parsed(bytes);
    if (!isRecord(value)) return this.#badLine(bytes);
    this.counts.records++;
    const clean = this.#cleaned(value);
    if (clean === (value as unknown)) return bytes;
    this.counts.changed++;
    const { text } = toLine(clean as object);
    return Buffer.from(bytes.at(-1) === NEWLINE ? text : text.slice(0, -1));
  }

  #cleaned(value: unknown): unknown {
    const clean = this.#clean(value);
    if (this.#givenUp === undefined) return clean;
    throw new UsageError(
      `the pattern ${String(this.#givenUp)} takes too long on the texts of this log; bound its repetitions. Nothing was written`,
    );
  }

  #badLine(bytes: Buffer): Uint8Array | undefined {
    this.counts.badLines++;
    if (!this.#keepBadLines) return undefined;
    const text = bytes.toString("utf8");
    const clean = this.#cleaned(text) as string;
    return clean === text ? bytes : Buffer.from(clean);
  }

  #replaced(before: string, after: string, key: string | undefined): void {
    if (key !== undefined) {
      this.#count(key, 1);
      return;
    }
    const kinds = markersIn(after);
    for (const [kind, count] of markersIn(before)) {
      kinds.set(kind, (kinds.get(kind) ?? 0) - count);
    }
    for (const [kind, count] of kinds) if (count > 0) this.#count(kind, count);
  }

  #count(name: string, count: number): void {
    const { byName } = this.counts;
    const known = byName.has(name) || byName.size < MAX_NAMES ? name : OTHERS;
    byName.set(known, (byName.get(known) ?? 0) + count);
    this.counts.values += count;
  }
}

const NEWLINE = 10;

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 32 || byte === NEWLINE || byte === 13 || byte === 9);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

function markersIn(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, kind = ""] of text.matchAll(MARKER)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
