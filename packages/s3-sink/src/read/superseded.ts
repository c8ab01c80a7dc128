import type { StepRecord } from "@step-log/core";
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

/** The parts with steps that may stand in a part of another sink too. */
function overlapping(parts: readonly StoredPart[]): StoredPart[] {
  return parts.filter(({ name: a }) =>
    parts.some(({ name: b }) => a.writer !== b.writer && a.first <= b.last && b.first <= a.last),
  );
}

function identity({ run_id, writer = "", step, type }: StepRecord): string {
  return JSON.stringify([run_id, writer, step, type]);
}
