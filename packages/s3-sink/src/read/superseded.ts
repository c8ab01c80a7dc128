import type { StepRecord } from "@step-log/core";
import { groupBy } from "./group-by.ts";
import { partItems } from "./load-part.ts";
import type { PartQueue } from "./part-queue.ts";
import type { StoredPart } from "./stored-part.ts";

/** Says whether another sink has recorded the same step of the same run later. */
export type IsSuperseded = (record: StepRecord, part: StoredPart) => boolean;

/**
 * Finds the steps that more than one sink has recorded. Reads the parts in which they can be, those
 * whose steps overlap with another sink's; memory grows with the steps in them.
 */
export async function findSuperseded(
  parts: readonly StoredPart[],
  queue: PartQueue,
): Promise<IsSuperseded> {
  const latest = new Map<string, { readonly ts: number; readonly writer: string }>();
  const doubtful = overlapping(parts);
  queue.add(doubtful);
  for (const part of doubtful) {
    const { writer } = part.name;
    for (const item of partItems(await queue.take(part))) {
      if (item.type === "bad_line") continue;
      const key = identity(item);
      const known = latest.get(key);
      const isLater =
        known === undefined ||
        item.ts > known.ts ||
        (item.ts === known.ts && writer > known.writer);
      if (isLater) latest.set(key, { ts: item.ts, writer });
    }
  }
  return (record, part) => {
    const known = latest.get(identity(record));
    return known !== undefined && known.writer !== part.name.writer;
  };
}

/** The parts with steps that may stand in a part of another sink too, by what the keys tell. */
function overlapping(parts: readonly StoredPart[]): StoredPart[] {
  const spans = [...groupBy(parts, ({ name }) => name.writer)].map(([writer, its]) => ({
    writer,
    first: its.reduce((lowest, { name }) => Math.min(lowest, name.first), Number.MAX_SAFE_INTEGER),
    last: its.reduce((highest, { name }) => Math.max(highest, name.last), 0),
  }));
  return parts.filter(({ name }) =>
    spans.some(
      ({ writer, first, last }) =>
        writer !== name.writer && name.first <= last && first <= name.last,
    ),
  );
}

function identity({ run_id, writer = "", step, type }: StepRecord): string {
  return JSON.stringify([run_id, writer, step, type]);
}
