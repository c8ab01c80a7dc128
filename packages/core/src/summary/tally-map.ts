import { boundedName, OTHER } from "./bounded-name.ts";
import { CallTally } from "./call-tally.ts";

const MAX_KEYS = 1000;

/** Tallies by the name of a model, a tool or whatever else: 1,000 of them and `(other)`. */
export type TallyMap = Map<string, CallTally>;

/** Finds the tally of a name, or makes it. */
export function tallyOf(map: TallyMap, name: unknown): CallTally {
  const key = boundedName(name);
  let tally = map.get(key);
  if (tally === undefined) {
    if (map.size >= MAX_KEYS && key !== OTHER) return tallyOf(map, OTHER);
    tally = new CallTally();
    map.set(key, tally);
  }
  return tally;
}

/** Adds the tallies of another map. */
export function mergeTallies(map: TallyMap, others: TallyMap): void {
  for (const [name, tally] of others) tallyOf(map, name).merge(tally);
}

/** Turns a map into an object that no key can do harm to, `__proto__` included. */
export function tallyObject<Result>(
  map: TallyMap,
  convert: (tally: CallTally) => Result,
): Record<string, Result> {
  const object: Record<string, Result> = Object.create(null);
  for (const [name, tally] of map) object[name] = convert(tally);
  return object;
}
