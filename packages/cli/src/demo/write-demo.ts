import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { toEntry } from "@step-log/convert";
import { fsSink } from "@step-log/fs-sink";
import { type ExitCode, OK } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { plural } from "../output/figures.ts";
import { visible } from "../output/visible.ts";
import { write } from "../output/write.ts";
import { UsageError } from "../usage-error.ts";
import { demoRuns } from "./demo-runs.ts";

/** Options of `step-log demo`. */
export interface DemoOptions {
  readonly out: string;
}

/** Writes logs of a made-up agent, and says what can be asked of them. */
export async function writeDemo(io: Io, { out }: DemoOptions): Promise<ExitCode> {
  const folder = resolve(io.cwd, out);
  if (existsSync(folder)) {
    throw new UsageError(`${out} is there already; name another folder with --out, or remove it`);
  }
  // In batches: whoever stops this begins it again.
  const sink = fsSink(join(folder, "/"), { durability: "buffered" });
  let runs = 0;
  let records = 0;
  for (const run of demoRuns(Date.now() / 1000)) {
    for (const record of run) sink.write(toEntry(record));
    runs++;
    records += run.length;
  }
  await sink.close();
  const shown = relative(io.cwd, folder) || ".";
  await write(io.stdout, visible(story(shown, runs, records)));
  return OK;
}

function story(folder: string, runs: number, records: number): string {
  return `${plural(runs, "run")} of a made-up support agent, ${plural(records, "record")}, are in ${folder}/

Its users complain: since two days ago, questions are left unanswered. Ask the log:

  step-log ls ${folder} --failed
  step-log errors ${folder}
  step-log stats ${folder}
  step-log cost ${folder}
  step-log replay ${folder}
`;
}
