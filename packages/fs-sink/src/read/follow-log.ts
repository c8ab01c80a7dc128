import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { folderWatch } from "./folder-watch.ts";
import { Follower, type FollowerOptions } from "./follower.ts";
import { listLogFiles } from "./log-files.ts";
import type { ReadItem } from "./record-cutter.ts";

/** Options of `followLog`. */
export interface FollowOptions extends FollowerOptions {
  /** How often to look where the system does not tell of changes, in milliseconds. */
  readonly pollMs: number;
  /** Only the files of this stem. */
  readonly stem?: string | undefined;
  /** Called once all that was there has been read. */
  readonly onCaughtUp?: () => void;
}

// Looking at all files of a folder with very many may take long; so it takes 5 % of the time at most.
const REST = 20;

/**
 * Reads a log and goes on with what is appended, until the signal is aborted: when files are put
 * aside, packed, cut short, deleted or made anew, too. Files come in the order in which they are
 * found to have grown; each keeps its own. What is not there yet is waited for.
 *
 * @throws StepLogError `NOT_FOUND` when the folder of the location is not there either; `BAD_LINE`
 * where the mode has it so
 */
export async function* followLog(
  location: string | URL,
  options: FollowOptions,
): AsyncGenerator<ReadItem[], void, void> {
  const { signal, pollMs, stem, onCaughtUp } = options;
  let isCaughtUp = false;
  const list = () => listLogFiles(location, { stem, mayBeMissing: true });
  let files = await list();
  // With its folder missing too, the location is more probably misspelt than not yet there.
  const parent = files.kind === "folder" ? dirname(files.folder) : files.folder;
  await access(parent).catch(() => listLogFiles(location));
  const watch = folderWatch(files.folder);
  const follower = new Follower(options);
  try {
    for (;;) {
      const startedAt = performance.now();
      yield* follower.sweep(files);
      if (!isCaughtUp) onCaughtUp?.();
      isCaughtUp = true;
      const sweptAt = performance.now();
      const soonestAt = sweptAt + REST * (sweptAt - startedAt);
      let sweepAt = Math.max(soonestAt, sweptAt + pollMs);
      while (performance.now() < sweepAt) {
        const told = await watch.changes(sweepAt - performance.now(), signal);
        if (signal.aborted) return;
        if (told === undefined || [...told.renamed].some(files.isPart)) sweepAt = soonestAt;
        for (const name of [...(told?.changed ?? [])].filter(files.isPart)) {
          const tail = follower.followed(name);
          if (tail === undefined) sweepAt = soonestAt;
          else yield* follower.read(tail);
        }
      }
      files = await list();
    }
  } finally {
    watch.close();
    follower.close();
  }
}
