import type { StepRecord } from "@step-log/core";
import { failureOf } from "../errors/failure.ts";
import { type ExitCode, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import { findRun } from "../locations/find-run.ts";
import type { LogItem } from "../locations/log-item.ts";
import { openLog } from "../locations/open-log.ts";
import { plural } from "../output/figures.ts";
import { note } from "../output/note.ts";
import { paintFor } from "../output/paint.ts";
import { progress } from "../output/progress.ts";
import { tellBadLines } from "../output/tell-bad-lines.ts";
import { write } from "../output/write.ts";
import { recordTypes } from "../record-types.ts";
import { UsageError } from "../usage-error.ts";
import { tailLine } from "./tail-line.ts";
import { type TailOptions, type TailSource, tailSource } from "./tail-source.ts";
import { UnendedStarts } from "./unended-starts.ts";

/** Options of `step-log tail`. */
export interface TailLogOptions {
  readonly follow?: boolean;
  readonly lines: number;
  readonly jsonl?: boolean;
  readonly run?: string;
  readonly type?: string;
  readonly errors?: boolean;
}

/** Shows the last records, and with `follow` those that come. */
export async function tailLog(
  io: Io,
  locations: readonly string[],
  options: TailLogOptions,
): Promise<ExitCode> {
  const found = await findLocations(locations, io);
  // Of the end a look is enough; but what is wanted may stand far from it.
  const bar = progress(io, "looking back", null);
  const onRead = (bytes: number) => bar.add(bytes);
  const sources = await Promise.all(found.map((location) => tailSource(location, io, onRead)));
  const runId =
    options.run === undefined
      ? undefined
      : await findRun(
          await openLog(
            found.map(({ name }) => name),
            io,
          ),
          options.run,
          io,
        );
  const tail: TailOptions = { runId, wants: filter(options), signal: io.signal };
  const printer = new Printer(io, options);
  const last = async () => {
    const items = await lastOfAll(sources, options.lines, tail);
    bar.end();
    return items;
  };
  if (!options.follow) {
    for (const item of await last()) await printer.print(item);
    return tellBadLines(io, printer.badLines);
  }
  const still = found.find((_, at) => sources[at]?.follow === undefined);
  if (still !== undefined) {
    throw new UsageError(`${still.name} cannot be followed; follow the file of the agent`);
  }
  await followAll(sources, last, tail, printer);
  // That is how following ends.
  note(io, printer.counts());
  return OK;
}

/** Which records are shown. */
function filter({ type, errors = false, jsonl = false }: TailLogOptions) {
  const types = recordTypes(type);
  return (item: LogItem): boolean => {
    if (item.type === "bad_line") return !jsonl && types === undefined;
    if (types !== undefined && !types.has(item.type)) return false;
    return !errors || failureOf(item) !== undefined || item.type === "log_dropped";
  };
}

async function lastOfAll(
  sources: readonly TailSource[],
  count: number,
  options: TailOptions,
): Promise<readonly LogItem[]> {
  const all = await Promise.all(
    sources.map((source) => {
      const starts = new UnendedStarts();
      const wants = (item: LogItem) =>
        (item.type === "bad_line" || starts.isNews(item)) && options.wants(item);
      return source.last(count, { ...options, wants });
    }),
  );
  const [only] = all;
  if (all.length === 1 && only !== undefined) return only;
  const merged = all.flat().sort((a, b) => tsOf(a) - tsOf(b));
  return count === 0 ? [] : merged.slice(-count);
}

function tsOf(item: LogItem): number {
  return item.type === "bad_line" ? 0 : item.ts;
}

/**
 * Follows from now on, and only then reads what is there, so that nothing that is written between falls
 * through; what comes by both ways is shown once.
 */
async function followAll(
  sources: readonly TailSource[],
  last: () => Promise<readonly LogItem[]>,
  options: TailOptions,
  printer: Printer,
): Promise<void> {
  const early: LogItem[] = [];
  let hasBegun = false;
  const following: Promise<void>[] = [];
  const caughtUp = sources.map(
    (source) =>
      new Promise<void>((resolve) => {
        const read = async () => {
          for await (const item of source.follow?.(resolve, options) ?? []) {
            if (!options.wants(item)) continue;
            if (hasBegun) await printer.print(item);
            else early.push(item);
          }
        };
        const ended = read().catch((error: unknown) => {
          if (!options.signal.aborted) throw error;
        });
        following.push(ended.finally(resolve));
      }),
  );
  await Promise.race([Promise.all(caughtUp), Promise.all(following)]);
  const shown = new Set<string>();
  if (!options.signal.aborted) {
    for (const item of await last()) {
      shown.add(identityOf(item));
      await printer.print(item);
    }
  }
  for (let item = early.shift(); item !== undefined; item = early.shift()) {
    if (!shown.has(identityOf(item))) await printer.print(item);
  }
  hasBegun = true;
  await Promise.all(following);
}

function identityOf(item: LogItem): string {
  return item.type === "bad_line"
    ? `${item.location} ${item.offset}`
    : JSON.stringify([item.run_id, item.writer ?? null, item.step, item.type]);
}

// Where lines go into a pipe, whose reader may cut them.
const WITHOUT_TERMINAL = 400;

class Printer {
  readonly #io: Io;
  readonly #asJson: boolean;
  readonly #counts = { records: 0, errors: 0, badLines: 0 };
  #last: Promise<void> = Promise.resolve();

  constructor(io: Io, { jsonl = false }: TailLogOptions) {
    this.#io = io;
    this.#asJson = jsonl;
  }

  get badLines(): number {
    return this.#counts.badLines;
  }

  counts(): string {
    const { records, errors, badLines } = this.#counts;
    const bad = badLines > 0 ? `, ${plural(badLines, "line")} that could not be read` : "";
    return `${plural(records, "record")}, ${plural(errors, "error")}${bad}`;
  }

  /** One after the other, also where several files are followed. */
  print(item: LogItem): Promise<void> {
    if (item.type === "bad_line") this.#counts.badLines++;
    else this.#counts.records++;
    if (item.type !== "bad_line" && failureOf(item) !== undefined) this.#counts.errors++;
    const { stdout, env } = this.#io;
    const paint = paintFor(stdout, env);
    const columns = stdout.columns ?? WITHOUT_TERMINAL;
    const line =
      this.#asJson && item.type !== "bad_line" ? asJson(item) : tailLine(item, { paint, columns });
    this.#last = this.#last.then(() => write(stdout, `${line}\n`));
    return this.#last;
  }
}

/** With what a terminal would obey escaped, as in the files. */
function asJson(record: StepRecord): string {
  return JSON.stringify(record).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
