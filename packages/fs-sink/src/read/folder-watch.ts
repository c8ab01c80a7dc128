import { type FSWatcher, watch } from "node:fs";

/** What changed in a folder. */
export interface FolderChanges {
  /** Names of what grew, or changed in some other way. */
  readonly changed: ReadonlySet<string>;
  /** Names that came, went or passed to another file. */
  readonly renamed: ReadonlySet<string>;
}

/** Tells when something changed in a folder. */
export interface FolderWatch {
  /**
   * Resolves with what changed since the last call, as soon as something did; with `undefined` after
   * `atMostMs`, and when the system did not tell what. Aborting the signal ends the waiting.
   */
  changes(atMostMs: number, signal: AbortSignal): Promise<FolderChanges | undefined>;
  close(): void;
}

// A writer may append thousands of times a second; looking 50 times is enough to seem immediate.
const MIN_PAUSE_MS = 20;

/**
 * Watches a folder. Where the system does not tell, as of a network file system, the time limit of
 * `changes` makes it polling. Keeps the process alive only while `changes` waits.
 */
export function folderWatch(folder: string): FolderWatch {
  let changed = new Set<string>();
  let renamed = new Set<string>();
  let isUnclear = false;
  let wake = () => {};
  const tell = (type: string, name: string | null) => {
    if (name === null) isUnclear = true;
    else (type === "change" ? changed : renamed).add(name);
    wake();
  };
  let watcher = watched(folder, tell);
  const isQuiet = () => changed.size === 0 && renamed.size === 0 && !isUnclear;
  return {
    async changes(atMostMs, signal) {
      // The folder may be made, or made anew, later on.
      watcher ??= watched(folder, tell);
      await pause(MIN_PAUSE_MS, signal);
      if (isQuiet()) {
        await pause(atMostMs - MIN_PAUSE_MS, signal, (resolve) => {
          wake = resolve;
        });
      }
      const told = isQuiet() || isUnclear ? undefined : { changed, renamed };
      changed = new Set();
      renamed = new Set();
      isUnclear = false;
      return told;
    },
    close: () => watcher?.close(),
  };
}

type Tell = (type: string, name: string | null) => void;

function watched(folder: string, tell: Tell): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, tell);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined; // too many watches, or none on this file system
  }
}

function pause(
  ms: number,
  signal: AbortSignal,
  wakeBy?: (wake: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    // More than a timer takes would be none at all.
    const timer = setTimeout(end, Math.min(ms, 2 ** 31 - 1));
    signal.addEventListener("abort", end);
    wakeBy?.(end);
    if (signal.aborted) end();
  });
}
