import { utcDay } from "../part-key.ts";
import { inParallel } from "../store/in-parallel.ts";
import { type ListingOptions, listPage } from "./list-page.ts";

/** From the first to the last UTC day, both included. */
export interface DayRange {
  readonly fromDay: string;
  readonly toDay: string;
}

// Sorts behind every key of a folder.
const BEHIND = "\u007f";

/**
 * The days, `2026-11-22`, under which something lies, ascending: one short list each, those of
 * different months at once.
 *
 * @throws StepLogError `READ_FAILED`; the signal's reason.
 */
export async function findDays(
  prefix: string,
  range: DayRange,
  options: ListingOptions & { readonly maxConcurrency: number },
): Promise<string[]> {
  const first = await nextDay(prefix, range.fromDay, options);
  if (first === undefined || first > range.toDay) return [];
  const months = monthsBetween({ ...range, fromDay: first });
  const days = await inParallel(months, options.maxConcurrency, async (month) => {
    const found: string[] = [];
    let day = await nextDay(prefix, month.fromDay, options);
    while (day !== undefined && day <= month.toDay) {
      found.push(day);
      day = await nextDay(prefix, `${day}/${BEHIND}`, options);
    }
    return found;
  });
  return days.flat();
}

/** The first day whose folder's name does not sort before `from`. */
async function nextDay(
  prefix: string,
  from: string,
  options: ListingOptions,
): Promise<string | undefined> {
  let startAfter = `${prefix}dt=${from}`;
  for (;;) {
    const [found] = await listPage(`${prefix}dt=`, { ...options, startAfter, limit: 1 });
    if (found === undefined) return undefined;
    const name = found.key.slice(`${prefix}dt=`.length);
    const day = /^(\d{4}-\d{2}-\d{2})\//.exec(name)?.[1];
    if (day !== undefined) return day;
    // Something else's: on behind its folder.
    const slash = name.indexOf("/");
    startAfter = slash < 0 ? found.key : `${prefix}dt=${name.slice(0, slash + 1)}${BEHIND}`;
  }
}

/** The months up to this one, and all that is behind it as one, cut to the range. */
function monthsBetween({ fromDay, toDay }: DayRange): DayRange[] {
  const months: DayRange[] = [];
  const thisMonth = utcDay(Date.now()).slice(0, 7);
  let start = fromDay;
  while (start.slice(0, 7) < thisMonth && start <= toDay) {
    const [year = 0, month = 0] = start.split("-").map(Number);
    months.push({ fromDay: start, toDay: earlier(`${start.slice(0, 7)}-31`, toDay) });
    start = utcDay(Date.UTC(year, month, 1));
  }
  return start > toDay ? months : [...months, { fromDay: start, toDay }];
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
