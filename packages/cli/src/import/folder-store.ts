import { constants } from "node:fs";
import { access, mkdir, open, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runFileName } from "@step-log/fs-sink";
import { compareFiles } from "./compare-files.ts";
import { importMemory } from "./import-memory.ts";
import { countLines, type FirstRecord, firstRecord } from "./lines-of.ts";
import type { Outcome, RunStore } from "./run-store.ts";
import type { StagedRun } from "./staged-runs.ts";

/** Options of `folderStore`. */
export interface FolderStoreOptions {
  /** Replaces what differs, whatever it holds. */
  readonly force: boolean;
  /** Only tells what would become of a run. */
  readonly dryRun: boolean;
}

/**
 * A folder with a file a run, as `fsSink` makes it. A run comes there whole, by renaming its file; what is
 * there is replaced by more of the same, and by another import of it that holds no less.
 */
export async function folderStore(
  folder: string,
  name: string,
  { force, dryRun }: FolderStoreOptions,
): Promise<RunStore> {
  if (!dryRun) await mkdir(folder, { recursive: true, mode: 0o700 });
  const memory = await importMemory(folder);
  return {
    name,
    // Who forces wants everything read again.
    ...(!force && { memory }),
    keptHint: "--force replaces them",
    stagingParent: dryRun ? tmpdir() : folder,
    async settle(run) {
      const path = join(folder, `${runFileName(run.runId)}.jsonl`);
      const outcome = await outcomeOf(run, path, force);
      if (dryRun || outcome === "unchanged" || outcome === "kept") return outcome;
      // What a power cut may take of a new run, the next import brings again.
      if (outcome !== "new") await synced(run.path);
      await rename(run.path, path);
      return outcome;
    },
    async close() {
      if (!dryRun) await memory.save();
    },
  };
}

async function outcomeOf(run: StagedRun, path: string, force: boolean): Promise<Outcome> {
  if (!(await exists(path))) return (await exists(`${path}.gz`)) ? "kept" : "new";
  const change = await compareFiles(path, run.path);
  if (change === "same") return "unchanged";
  if (change === "grown") return "grown";
  const first = await firstRecord(path);
  // Where the file system folds case, two ids may meet in one file.
  if (first?.run_id !== run.runId) return "kept";
  if (force) return "replaced";
  const holdsNoLess = change === "different" && run.records >= (await countLines(path));
  return holdsNoLess && isImport(first) ? "replaced" : "kept";
}

/** Whether a run begins as an import does: what an agent recorded itself is not replaced. */
function isImport({ metadata }: FirstRecord): boolean {
  return (
    typeof metadata === "object" &&
    metadata !== null &&
    typeof (metadata as { format?: unknown }).format === "string"
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** Else a power cut could leave an empty file where a whole one was. */
async function synced(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}
