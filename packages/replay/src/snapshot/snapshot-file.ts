import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { StepLogError } from "@step-log/core";
import { parseSnapshot, type Snapshot, snapshotText } from "./snapshot.ts";

/** Reads a snapshot, `undefined` where there is none yet. */
export function readSnapshot(path: string): Snapshot | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new StepLogError("READ_FAILED", `cannot read the snapshot ${path}`, { cause });
  }
  const snapshot = parseSnapshot(text);
  if (snapshot !== undefined) return snapshot;
  const message = `${path} is no snapshot of a run; delete it to have it written anew`;
  throw new StepLogError("READ_FAILED", message, { details: { path } });
}

/** Writes a snapshot whole or not at all, also when tests in other processes write it too. */
export function writeSnapshot(path: string, snapshot: Snapshot): void {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, snapshotText(snapshot), { flag: "wx" });
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new StepLogError("WRITE_FAILED", `cannot write the snapshot ${path}`, { cause });
  }
}
