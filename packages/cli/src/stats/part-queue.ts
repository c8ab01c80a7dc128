import type { LogPart } from "@step-log/fs-sink/scan";

/** Parts of logs that several threads share, each taking the next one. Can be given to a thread. */
export interface PartQueue {
  readonly parts: readonly LogPart[];
  /** Which part is next, and how many KiB have been read. */
  readonly counters: Int32Array<SharedArrayBuffer>;
}

const NEXT = 0;
const READ_KIB = 1;

export function partQueue(parts: readonly LogPart[]): PartQueue {
  return { parts, counters: new Int32Array(new SharedArrayBuffer(8)) };
}

/** Takes parts until there are none left; says each before it is taken. */
export function* takeParts(
  { parts, counters }: PartQueue,
  begin: (part: LogPart) => void,
): Generator<LogPart, void, void> {
  for (;;) {
    const part = parts[Atomics.add(counters, NEXT, 1)];
    if (part === undefined) return;
    begin(part);
    yield part;
  }
}

/** Makes what counts the bytes that a thread has read. */
export function readCounter({ counters }: PartQueue): (bytes: number) => void {
  let rest = 0;
  return (bytes) => {
    rest += bytes;
    if (rest < 1024) return;
    Atomics.add(counters, READ_KIB, Math.floor(rest / 1024));
    rest %= 1024;
  };
}

/** How many bytes all threads have read, to the KiB. */
export function bytesRead({ counters }: PartQueue): number {
  return Atomics.load(counters, READ_KIB) * 1024;
}
