/** A value that is not what it was. */
export interface Difference {
  /** Where: keys from the outside in, `*` for a position in a list, such as `data.content.*.text`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between two pieces of JSON, key by key; a missing key is `undefined`. */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (!isNode(before) || !isNode(after) || Array.isArray(before) !== Array.isArray(after)) {
    return Object.is(before, after) ? [] : [{ path, before, after }];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    const step = Array.isArray(before) ? "*" : key;
    return differences(before[key], after[key], path === "" ? step : `${path}.${step}`);
  });
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
