import { isStepLogError } from "@step-log/core";
import type { VerifiedFile, VerifyReport } from "@step-log/fs-sink";
import { type ExitCode, FOUND_PROBLEMS, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { findLocations } from "../locations/find-locations.ts";
import { isForeign } from "../locations/is-foreign.ts";
import type { Location } from "../locations/location.ts";
import { openLog } from "../locations/open-log.ts";
import { type FormatOptions, formatOf } from "../output/format.ts";
import { note } from "../output/note.ts";
import { progress } from "../output/progress.ts";
import { shellWord } from "../output/shell-word.ts";
import { shownPath } from "../output/shown-path.ts";
import { writeAnswer } from "../output/write-answer.ts";
import { bucketFindings, type Findings, findingsJson, joined } from "./findings.ts";
import { findingsTables, headlineOf } from "./findings-tables.ts";
import { lineNumbers } from "./line-numbers.ts";

/** Says what is wrong with logs, and where; `FOUND_PROBLEMS` where something is. */
export async function verifyLog(
  io: Io,
  locations: readonly string[],
  options: FormatOptions,
): Promise<ExitCode> {
  const found = await findLocations(locations, io);
  const all: Findings[] = [];
  for (const location of found) all.push(await findingsOf(location, io));
  const findings = joined(all);
  await writeAnswer(io, formatOf(options), {
    headline: headlineOf(findings),
    json: findingsJson(findings),
    tables: findingsTables(findings),
  });
  if (findings.isMendable) {
    const words = found.map(({ name }) => shellWord(name)).join(" ");
    note(io, `\`step-log repair --dry-run ${words}\` shows what can be done about lines`);
  }
  return findings.isSound ? OK : FOUND_PROBLEMS;
}

async function findingsOf(location: Location, io: Io): Promise<Findings> {
  if (location.kind === "path" && !(await isForeign(location.path))) {
    return filesFindings(location.path, location.name, io);
  }
  if (location.kind === "url" && /^s3:/i.test(location.url)) {
    const bar = progress(io, `reading ${location.name}`, null);
    const findings = await bucketFindings(location.url, io.signal, (bytes) => bar.add(bytes));
    bar.end();
    return findings;
  }
  try {
    return await foreignFindings(location, io);
  } catch (error) {
    // What is like the log of no tool may be one of ours of which nothing is whole.
    if (location.kind !== "path" || !isStepLogError(error) || error.code !== "UNKNOWN_FORMAT") {
      throw error;
    }
    return filesFindings(location.path, location.name, io);
  }
}

async function filesFindings(path: string, name: string, io: Io): Promise<Findings> {
  const { fsSource, verify } = await import("@step-log/fs-sink");
  const sizes = await fsSource(path).files();
  const bar = progress(
    io,
    `reading ${name}`,
    sizes.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  const damaged: VerifiedFile[] = [];
  const report = await verify(path, {
    signal: io.signal,
    onRead: (bytes) => bar.add(bytes),
    onFile(file) {
      if (file.badLineCount > 0) damaged.push({ ...file, path: shownPath(file.path, io) });
    },
  });
  bar.end();
  const places = await withLines(report, io);
  const { badLines: _, gaps, ...counts } = report;
  return { ...counts, places, gaps, damagedFiles: damaged, buckets: [], ...judged(report) };
}

function judged(report: VerifyReport): Pick<Findings, "isSound" | "isMendable"> {
  const { badLineCount, duplicates, missingSteps, droppedCount } = report;
  return {
    isSound: badLineCount + duplicates + missingSteps + droppedCount === 0,
    isMendable: badLineCount > 0,
  };
}

async function withLines(report: VerifyReport, io: Io): Promise<Findings["places"]> {
  const byFile = new Map<string, VerifyReport["badLines"][number][]>();
  for (const damage of report.badLines) {
    const { location = "" } = damage;
    byFile.set(location, [...(byFile.get(location) ?? []), damage]);
  }
  const places: Findings["places"][number][] = [];
  for (const [file, damages] of byFile) {
    const sorted = damages.toSorted((a, b) => a.offset - b.offset);
    const lines = await lineNumbers(
      file,
      sorted.map(({ offset }) => offset),
      io.signal,
    );
    for (const [index, { offset, bytes, damage, reason }] of sorted.entries()) {
      const line = damage === "unreadable" ? null : (lines[index] ?? null);
      places.push({ file: shownPath(file, io), line, offset, bytes, damage, reason });
    }
  }
  return places;
}

/** What another tool wrote, and what is piped in: whether it can be read. */
async function foreignFindings(location: Location, io: Io): Promise<Findings> {
  let bar: ReturnType<typeof progress> | undefined;
  const log = await openLog([location.name], io, { onRead: (bytes) => bar?.add(bytes) });
  bar = progress(io, `reading ${log.name}`, await log.size());
  const places: Findings["places"][number][] = [];
  const runs = new Set<string>();
  let [records, badLineCount] = [0, 0];
  for await (const batch of log.batches({ signal: io.signal })) {
    for (const item of batch) {
      if (item.type !== "bad_line") {
        records++;
        runs.add(item.run_id);
      } else if (++badLineCount <= MAX_PLACES) {
        const { location: file = location.name, offset, bytes, reason } = item;
        places.push({ file: shownPath(file, io), line: null, offset, bytes, damage: null, reason });
      }
    }
  }
  bar.end();
  const none = {
    files: 1,
    bytes: null,
    lines: null,
    stubCount: null,
    gluedCount: null,
    nulBytes: null,
  };
  const steps = { duplicates: null, missingSteps: null, unfinished: null, droppedCount: null };
  return {
    ...{ ...none, ...steps, records, runs: runs.size, badLineCount, places, gaps: [] },
    ...{ damagedFiles: [], buckets: [], tornTail: false, isPartial: false },
    isSound: badLineCount === 0,
    isMendable: false,
  };
}

// As many as `verify` of files gives.
const MAX_PLACES = 100;
