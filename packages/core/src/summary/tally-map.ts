import { boundedName, OTHER } from "./bounded-name.ts";
import { CallTally } from "./call-tally.ts";

const MAX_KEYS = 1000;

/** Tallies by the name of a model or a tool: 1,000 of them and `(other)`. */
export type TallyMap = Map<string, CallTally>;

/** Finds the tally of a name, or makes it. */
export function tallyOf(map: TallyMap, name: unknown): CallTally {
  return boundedAt(map, name, () => new CallTally());
}

/** Finds what there is of a name, or makes it of the name under which it is kept. */
export function boundedAt<Value>(
  map: Map<string, Value>,
  name: unknown,
  make: (key: string) => Value,
): Value {
  const key = boundedName(name);
  const found = map.get(key);
  if (found !== undefined) return found;
  if (map.size >= MAX_KEYS && key !== OTHER) return boundedAt(map, OTHER, make);
  const made = make(key);
  map.set(key, made);
  return made;
}

/** Adds the tallies of another map. */
export function mergeTallies(map: TallyMap, others: TallyMap): void {
  for (const [name, tally] of others) tallyOf(map, name).merge(tally);
}

/** Turns a map into an object that no key can do harm to, `__proto__` included. */
export function tallyObject<Tally, Result>(
  map: ReadonlyMap<string, Tally>,
  convert: (tally: Tally) => Result,
): Record<string, Result> {
  const object: Record<string, Result> = Object.create(null);
  for (const [name, tally] of map) object[name] = convert(tally);
  return object;
}
