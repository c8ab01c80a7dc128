import type { ErrorListener } from "@step-log/core";
import { errorListeners } from "@step-log/core";
import type { FsSinkSettings } from "../fs-sink-options.ts";
import { FileWriter } from "./file-writer.ts";

/** A sink's part in the writer of a file, of which there is one a file in a process. */
export interface WriterShare {
  readonly writer: FileWriter;
  /** Lines that were written since the part was taken. */
  readonly written: number;
  /** Gives the part up; the last one flushes and closes the file. */
  close(): Promise<void>;
  /** Gives the part up at once, if nothing waits to be written; says whether it did. */
  park(): boolean;
}

interface Shared {
  readonly writer: FileWriter;
  readonly listen: (listener: ErrorListener) => () => void;
  users: number;
}

const writers = new Map<string, Shared>();

/** The writer of a file; the settings of the sink that came first hold. */
export function shareWriter(
  path: string,
  settings: FsSinkSettings,
  tell: ErrorListener,
): WriterShare {
  const shared = writers.get(path) ?? begin(path, settings);
  const { writer } = shared;
  shared.users++;
  const stopListening = shared.listen(tell);
  const writtenBefore = writer.written;
  let left = false;
  const leave = () => {
    if (!left) shared.users--;
    left = true;
    if (shared.users === 0 && writers.get(path) === shared) writers.delete(path);
    return shared.users === 0;
  };
  return {
    writer,
    get written() {
      return writer.written - writtenBefore;
    },
    async close() {
      // One that fails to close goes on trying, and whoever opens the file again gets it.
      try {
        await writer.flush();
        if (leave()) writer.park();
      } finally {
        stopListening();
      }
    },
    park() {
      if (shared.users === 1 && !writer.park()) return false;
      leave();
      stopListening();
      return true;
    },
  };
}

function begin(path: string, settings: FsSinkSettings): Shared {
  const { listen, tell } = errorListeners();
  const shared = { writer: new FileWriter(path, settings, tell), listen, users: 0 };
  writers.set(path, shared);
  return shared;
}
