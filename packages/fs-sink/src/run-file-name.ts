import { nodeCrypto } from "./lazy-builtins.ts";

// A file name may have 255 bytes, and stamps and endings are still to come.
const PLAIN_ID = /^[A-Za-z0-9_-]{1,80}$/;
// Windows keeps these for devices, whatever their ending.
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * The file name of a run, without its ending.
 *
 * An id of 1 to 80 letters, digits, `_` and `-` is its own name. Of any other it is what is left of
 * the id, and 12 hex digits of its SHA-256, so that no id leaves the folder. Two ids may still meet
 * in one file, where the file system folds case: a reader goes by the `run_id` in the records.
 */
export function runFileName(runId: string): string {
  if (PLAIN_ID.test(runId) && !DEVICE.test(runId)) return runId;
  const hash = nodeCrypto().createHash("sha256").update(runId).digest("hex").slice(0, 12);
  const slug = runId
    .slice(0, 200)
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, 60)
    .replace(/-+$/, "");
  return slug === "" ? `run-${hash}` : `${slug}-${hash}`;
}
