import { utcDay } from "../part-key.ts";
import { inParallel } from "../store/in-parallel.ts";
import { type ListingOptions, listPage } from "./list-page.ts";

/** From the first to the last UTC day, both included. */
export interface DayRange {
  readonly fromDay: string;
  readonly toDay: string;
}

/** The same as days since 1970. */
interface Span {
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;

// Sorts behind every key of a folder.
const BEHIND = "\u007f";

/**
 * The days, `2026-11-22`, under which something lies, ascending. Asks for the first one, then in each
 * half of what is left: at most two short lists a day, of which many go at once.
 *
 * @throws StepLogError `READ_FAILED`; the signal's reason.
 */
export async function findDays(
  prefix: string,
  { fromDay, toDay }: DayRange,
  options: ListingOptions & { readonly maxConcurrency: number },
): Promise<string[]> {
  const last = dayNumber(toDay);
  const found: number[] = [];
  let spans: Span[] = [{ from: dayNumber(fromDay), to: last }];
  while (spans.length > 0) {
    const firsts = await inParallel(spans, options.maxConcurrency, ({ from }) =>
      nextDay(prefix, from, options),
    );
    spans = spans.flatMap(({ to }, index) => {
      const first = firsts[index];
      if (first === undefined || first > to) return [];
      found.push(first);
      return halves({ from: first + 1, to });
    });
  }
  return found.sort((a, b) => a - b).map((day) => utcDay(day * DAY_MS));
}

/** The first day, from one on, under which something lies. */
async function nextDay(
  prefix: string,
  from: number,
  options: ListingOptions,
): Promise<number | undefined> {
  let startAfter = `${prefix}dt=${utcDay(from * DAY_MS)}`;
  for (;;) {
    const [found] = await listPage(`${prefix}dt=`, { ...options, startAfter, limit: 1 });
    if (found === undefined) return undefined;
    const name = found.key.slice(`${prefix}dt=`.length);
    const day = dayNumber(/^(\d{4}-\d{2}-\d{2})\//.exec(name)?.[1] ?? "");
    if (!Number.isNaN(day)) return day;
    // Something else's: on behind its folder.
    const slash = name.indexOf("/");
    startAfter = slash < 0 ? found.key : `${prefix}dt=${name.slice(0, slash + 1)}${BEHIND}`;
  }
}

/** Cut where today ends, since nothing is to be expected later; else in the middle. */
function halves({ from, to }: Span): Span[] {
  const today = Math.floor(Date.now() / DAY_MS);
  const middle = from <= today && today < to ? today : Math.floor((from + to) / 2);
  return [
    { from, to: middle },
    { from: middle + 1, to },
  ].filter((span) => span.from <= span.to);
}

function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}
