import { constants, readdirSync, statfsSync, statSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isStepLogError } from "@step-log/core";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import { isForeign } from "../locations/is-foreign.ts";
import { openBucket } from "../locations/open-log.ts";
import { bytes, duration, plural } from "../output/figures.ts";
import { UsageError } from "../usage-error.ts";
import { type Check, fail, ok, warn } from "./check.ts";

/** Looks at a log, or where one would be: whether it can be written and read, and what is wrong. */
export async function checkLog(given: string | undefined, io: Io): Promise<readonly Check[]> {
  const quiet = { ...io, stderr: Object.assign(Object.create(io.stderr), { write: () => true }) };
  try {
    // Not what is piped in, which doctor is not about.
    const stdin = Object.assign(Object.create(io.stdin), { isTTY: true });
    const [location] = await findLocations(given === undefined ? [] : [given], { ...quiet, stdin });
    if (location?.kind === "url") return [await checkBucket(location.url, io)];
    if (location?.kind !== "path") throw new UsageError(`${given} is no place for a log`);
    return await checkFiles(location.path, location.name, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const advice = "give a LOCATION, set STEP_LOG_DIR, or try `step-log demo` or `step-log import`";
    if (given === undefined && !io.env["STEP_LOG_DIR"]) {
      return [warn("log", "no ./logs here, and STEP_LOG_DIR is not set", advice)];
    }
    return [fail("log", error.message, "give the path that the agent gives to fsSink")];
  }
}

async function checkBucket(url: string, io: Io): Promise<Check> {
  try {
    const days = await (await openBucket(url)).days({ signal: io.signal });
    const [first] = days;
    const found = `${url} can be listed: ${plural(days.length, "day")} with runs`;
    return ok("log", first === undefined ? found : `${found}, ${first} to ${days.at(-1)}`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail("log", message, "check the credentials, AWS_REGION and AWS_ENDPOINT_URL_S3");
  }
}

async function checkFiles(path: string, name: string, io: Io): Promise<readonly Check[]> {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const checks: Check[] = [];
  checks.push(await checkAccess(path, name));
  checks.push(await checkFileSystem(folder));
  checks.push(checkSpace(folder));
  if (await isForeign(path)) {
    return [...checks, ok("records", `${name} is of another tool; step-log reads it as it is`)];
  }
  return [...checks, checkLocks(folder), ...(await checkRecords(path, io))];
}

async function checkAccess(path: string, name: string): Promise<Check> {
  const can = (mode: number) =>
    access(path, mode).then(
      () => true,
      () => false,
    );
  const { R_OK, W_OK } = constants;
  if (!(await can(R_OK))) return fail("log", `${name} cannot be read`, `chmod u+r ${name}`);
  if (await can(W_OK)) return ok("log", `${name} can be read and written`);
  return warn(
    "log",
    `${name} cannot be written by this user`,
    "run as the user that the agent runs as",
  );
}

async function checkFileSystem(folder: string): Promise<Check> {
  const { isOnNetwork } = await import("@step-log/fs-sink/scan");
  if (process.platform !== "linux") return ok("file system", "not known to be a network one");
  if (!isOnNetwork(folder)) return ok("file system", "local");
  return warn(
    "file system",
    "of a network",
    "each process writes a file of its own there; that is well",
  );
}

// What fs-sink keeps in memory, at most, while the disk is full.
const QUEUE_BYTES = 64 * 2 ** 20;
const LITTLE_BYTES = 1e9;

function checkSpace(folder: string): Check {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const found = `${bytes(free)} free`;
  if (free < QUEUE_BYTES)
    return fail("disk", found, "make room: step-log prune, or rotate with keep");
  if (free < LITTLE_BYTES)
    return warn("disk", found, "make room: step-log prune, or rotate with keep");
  return ok("disk", found);
}

// Its holder touches a lock every 2.5 s, and another takes it over after 5 s.
const STALE_MS = 60_000;

function checkLocks(folder: string): Check {
  const now = Date.now();
  const stale = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.endsWith(".lock"))
    .map(({ name }) => {
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      return { name, ageMs: now - (found?.mtimeMs ?? now) };
    })
    .filter(({ ageMs }) => ageMs > STALE_MS);
  const [first] = stale;
  if (first === undefined) return ok("locks", "none left behind");
  const more = stale.length > 1 ? ` and ${stale.length - 1} more` : "";
  return warn(
    "locks",
    `${first.name}${more}, left behind ${duration(first.ageMs)} ago by a writer that was killed`,
    "nothing: the next writer takes it over; it may be removed while nobody writes",
  );
}

// A quick look: `verify` looks at all.
const LOOKED_AT = 500;
const AHEAD_S = 60;

async function checkRecords(path: string, { signal }: Io): Promise<readonly Check[]> {
  const { fsSource } = await import("@step-log/fs-sink");
  try {
    const source = fsSource(path);
    const files = await source.files();
    const items = await source.last(LOOKED_AT, { signal });
    const bad = items.filter(({ type }) => type === "bad_line").length;
    const times = items.flatMap((item) => (item.type === "bad_line" ? [] : [item.ts]));
    const found = `${plural(files.length, "file")}; of the last ${plural(items.length, "line")}, ${bad} could not be read`;
    const newest = Math.max(...times);
    const aheadS = newest - Date.now() / 1000;
    return [
      bad === 0
        ? ok("records", items.length === 0 ? "none yet" : found)
        : warn("records", found, "step-log verify shows where, step-log repair mends it"),
      ...(aheadS > AHEAD_S
        ? [
            warn(
              "clock",
              `the last record is of ${duration(1000 * aheadS)} from now`,
              "set the clocks",
            ),
          ]
        : [
            ok(
              "clock",
              times.length === 0 ? "nothing to compare with" : "no record is of the future",
            ),
          ]),
    ];
  } catch (error) {
    if (!isStepLogError(error)) throw error;
    return [fail("records", error.message, "step-log verify says more")];
  }
}
