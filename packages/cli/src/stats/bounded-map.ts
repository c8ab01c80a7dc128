/** What all goes by that has too long a name, or comes when there are too many. */
export const OTHER = "(other)";

// What has no name.
const UNKNOWN = "(unknown)";

// Names of models and tools have fewer than 100 characters as a rule, ARNs up to 200, run ids 36.
const MAX_CHARS = 512;

/** The name under which something is summed up. */
export function nameOf(text: string | null | undefined): string {
  if (text === null || text === undefined) return UNKNOWN;
  return text.length > MAX_CHARS ? OTHER : text;
}

/** Finds the value of a name, or makes it; beyond `max` names all share `(other)`. */
export function valueAt<Value>(
  map: Map<string, Value>,
  name: string,
  max: number,
  make: () => Value,
): Value {
  const found = map.get(name);
  if (found !== undefined) return found;
  if (map.size >= max && name !== OTHER) return valueAt(map, OTHER, max, make);
  const made = make();
  map.set(name, made);
  return made;
}
