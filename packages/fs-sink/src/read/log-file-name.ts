import { extname } from "node:path";

/** What the name of a log file tells. */
export interface LogFileName {
  /** What files of the same log have in common: the shared file's name, or that of a run. */
  readonly stem: string;
  /** `<pid>-<random>` of the process that has the file to itself, "" for one that all share. */
  readonly writer: string;
  /** When the file was put aside, such as `20261122T184500123Z-2`; "" for the one in use. */
  readonly stamp: string;
  readonly isPacked: boolean;
}

/** Whether a writer may append to the file, as opposed to one that was put aside or packed. */
export function isInUse({ stamp, isPacked }: LogFileName): boolean {
  return stamp === "" && !isPacked;
}

/** Reads the name of a file; `undefined` when it is no part of the log. */
export type ReadName = (name: string) => LogFileName | undefined;

/**
 * Makes the reader of names in a folder, with files such as `<stem>.jsonl`,
 * `<stem>.4711-0a1b2c3d.jsonl` and `<stem>.20261122T184500123Z.jsonl.gz`; of one stem, or any.
 */
export function namesInFolder(stem: string | undefined): ReadName {
  const name = stem === undefined ? ".+?" : escaped(stem);
  return reader(`(?<stem>${name})${WRITER}${STAMP}\\.jsonl${PACKED}`);
}

/**
 * Makes the reader of the names that belong to a file: its own, and those of files that were put aside
 * or are of single processes. A packed file, and one that was put aside, stands for itself.
 */
export function namesOfFile(name: string): ReadName {
  const ending = extname(name);
  const stem = `(?<stem>${escaped(name.slice(0, name.length - ending.length))})`;
  if (ending === ".gz") return reader(`${stem}(?<packed>\\.gz)`);
  return reader(`${stem}${WRITER}${STAMP}${escaped(ending)}${PACKED}`);
}

/** The order of files that continue each other, and of all others. */
export function byName(a: LogFileName, b: LogFileName): number {
  return (
    compare(a.stem, b.stem) || compare(a.writer, b.writer) || compare(stampKey(a), stampKey(b))
  );
}

const WRITER = "(?:\\.(?<writer>\\d+-[0-9a-z]{8}))?";
const STAMP = "(?:\\.(?<stamp>\\d{8}T\\d{9}Z(?:-\\d+)?))?";
const PACKED = "(?<packed>\\.gz)?";

function reader(pattern: string): ReadName {
  const whole = new RegExp(`^${pattern}$`, "s");
  return (name) => {
    const parts = whole.exec(name)?.groups;
    if (parts === undefined) return undefined;
    const { stem = "", writer = "", stamp = "", packed } = parts;
    return { stem, writer, stamp, isPacked: packed !== undefined };
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** The one in use is the last; of one moment, `-2` comes after none, and `-10` after `-2`. */
function stampKey({ stamp }: LogFileName): string {
  if (stamp === "") return "~";
  const [moment = "", count = "0"] = stamp.split("-");
  return `${moment}-${count.padStart(9, "0")}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
