import { safe } from "@step-log/core";
import type { Io } from "../io.ts";
import { cutEnd } from "./cells.ts";
import { bytes, duration } from "./figures.ts";

/** Tells how far long work has come. */
export interface Progress {
  /** So much more was done. */
  add(bytes: number): void;
  /** Takes the line away, so that something else can be written. */
  clear(): void;
  /** Ends it: nothing of it stays on the terminal. */
  end(): void;
}

// Work that is done sooner needs no telling.
const SHOWN_AFTER_MS = 1000;
// Faster than this nobody reads.
const REDRAWN_AFTER_MS = 100;
// Where stderr is a file or a pipe: a line now and then, so that a log of a job tells it is alive.
const PLAIN_LINE_AFTER_MS = 30_000;

/**
 * Shows the progress of reading on stderr once it takes longer than a second, with rate and time left:
 * `reading ./logs: 1.2 GB of 2.0 GB, 480 MB/s, 2 s left`
 *
 * @param total In bytes; `null` where it is not known, as of a pipe.
 */
export function progress(
  { stderr }: Pick<Io, "stderr">,
  what: string,
  total: number | null,
): Progress {
  const isTerminal = stderr.isTTY === true;
  const startedAt = performance.now();
  let done = 0;
  let drawnAt = startedAt;
  let isShown = false;

  const line = (now: number): string => {
    const seconds = (now - startedAt) / 1000;
    const rate = done / seconds;
    const parts = [
      total === null ? bytes(done) : `${bytes(done)} of ${bytes(total)}`,
      `${bytes(rate)}/s`,
    ];
    if (total !== null && rate > 0) {
      parts.push(`${duration((1000 * Math.max(0, total - done)) / rate)} left`);
    }
    return `${what}: ${parts.join(", ")}`;
  };
  const clear = (): void => {
    if (isShown) stderr.write("\r\u{1b}[2K");
    isShown = false;
  };
  return {
    add(count) {
      done += count;
      const now = performance.now();
      const pause = isTerminal ? REDRAWN_AFTER_MS : PLAIN_LINE_AFTER_MS;
      if (now - drawnAt < pause || now - startedAt < SHOWN_AFTER_MS) return;
      drawnAt = now;
      const text = line(now);
      if (!isTerminal) {
        stderr.write(`step-log: ${text}\n`);
        return;
      }
      clear();
      // A line that wraps could not be taken away again.
      stderr.write(cutEnd(safe(text), (stderr.columns ?? 80) - 1));
      isShown = true;
    },
    clear,
    end: clear,
  };
}
