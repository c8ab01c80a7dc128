import { closestMatch } from "leven";

// Further off, it was no slip of the fingers.
const MAX_DISTANCE = 3;

/** Says, of a mistyped name, what may have been meant: `; did you mean duration_ms?`, or all there is. */
export function nearest(given: string, names: readonly string[]): string {
  const found =
    closestMatch(given, names, { maxDistance: MAX_DISTANCE }) ??
    names.find((name) => given.length > 2 && name.startsWith(given));
  return found === undefined ? `; there are ${names.join(", ")}` : `; did you mean ${found}?`;
}
