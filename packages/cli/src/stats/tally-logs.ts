import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { OwnPrice } from "@step-log/usage";
import type { Io } from "../io.ts";
import { openLogs } from "../locations/open-log.ts";
import { plural } from "../output/figures.ts";
import { note } from "../output/note.ts";
import { progress } from "../output/progress.ts";
import { type PeriodOptions, periodOf } from "../period.ts";
import { UsageError } from "../usage-error.ts";
import { OTHER } from "./bounded-map.ts";
import { type LogTally, MAX_RUNS } from "./log-tally.ts";

/** Options that all commands have which sum logs up. */
export interface TallyLogsOptions extends PeriodOptions {
  /** A file of own prices. */
  readonly prices?: string;
  readonly timeZone?: string;
}

/** Sums up what is at the locations, and shows how far it has come. */
export async function tallyLogs(
  io: Io,
  locations: readonly string[],
  given: TallyLogsOptions,
): Promise<LogTally> {
  const { timeZone = "UTC" } = given;
  const question = {
    period: periodOf(given),
    timeZone: knownTimeZone(timeZone),
    prices: given.prices === undefined ? {} : { prices: await ownPrices(io, given.prices) },
  };
  let bar: ReturnType<typeof progress> | undefined;
  const onRead = (bytes: number) => bar?.add(bytes);
  const logs = await openLogs(locations, io, { onRead });
  const others = logs.filter(({ path }) => path === undefined);
  const sizes = await Promise.all(others.map((log) => log.size()));
  const [first] = logs;
  const name = logs.length === 1 && first ? first.name : plural(logs.length, "location");
  const onTotal = (ofFiles: number) => {
    const total = sizes.includes(null)
      ? null
      : sizes.reduce<number>((sum, it) => sum + (it ?? 0), ofFiles);
    bar = progress(io, `reading ${name}`, total);
  };
  // Another engine may come to stand here, for logs beyond one machine.
  const { nodeEngine } = await import("./node-engine.ts");
  try {
    const threads = threadsOf(io);
    const options = { signal: io.signal, threads, onTotal, onRead };
    const tally = await nodeEngine.tally(logs, question, options);
    if (tally.runs.has(OTHER)) tellFolded(io, tally);
    return tally;
  } finally {
    bar?.end();
  }
}

function tellFolded(io: Io, { runs }: LogTally): void {
  if (runs.size <= MAX_RUNS) return;
  note(
    io,
    `there are more than ${plural(MAX_RUNS, "run")}; those beyond are summed up under ${OTHER}, and ` +
      "left out of what is said of single runs. --since looks at fewer",
  );
}

function threadsOf({ env }: Io): number | undefined {
  const text = env["STEP_LOG_THREADS"];
  if (text === undefined || text === "") return undefined;
  const threads = Number(text);
  if (Number.isSafeInteger(threads) && threads > 0) return threads;
  throw new UsageError(`STEP_LOG_THREADS must be a number of threads, from 1, not ${text}`);
}

function knownTimeZone(timeZone: string): string {
  // To know it by asking takes 8 ms.
  if (timeZone === "UTC") return timeZone;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch {
    throw new UsageError(
      `there is no time zone ${timeZone}; write one like Europe/Berlin, America/New_York or UTC`,
    );
  }
}

async function ownPrices({ cwd }: Io, path: string): Promise<readonly OwnPrice[]> {
  const prices = await parsed(resolve(cwd, path), path);
  const { costOf } = await import("@step-log/usage");
  try {
    // Has them checked.
    costOf({ type: "llm_call" } as Parameters<typeof costOf>[0], { prices });
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return prices;
}

async function parsed(path: string, name: string): Promise<readonly OwnPrice[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`the prices in ${name} cannot be read (${code})`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(
      `${name} is no JSON; it should hold a list such as ${PRICES_EXAMPLE}, in US dollars a million tokens`,
    );
  }
}

const PRICES_EXAMPLE = '[{"model":"my-model-*","usdPerMTok":{"input":1,"output":4}}]';
