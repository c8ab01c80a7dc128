import type { Fetch } from "./fetch.ts";

/** Puts a wrapped `fetch` in the place of an object's own, until the function that it gives is called. */
export function interceptFetch(
  target: { fetch: Fetch },
  wrap: (fetch: Fetch) => Fetch,
): () => void {
  const original = target.fetch;
  const wrapped = wrap(original);
  const descriptor = Object.getOwnPropertyDescriptor(target, "fetch");
  let isOn = true;
  const fetch: Fetch = Object.assign(
    (...call: Parameters<Fetch>) => (isOn ? wrapped(...call) : original(...call)),
    original, // what a runtime or a mock adds to it
  );
  target.fetch = fetch;
  return () => {
    isOn = false;
    // Whoever took its place since keeps it, and calls the original through this one.
    if (target.fetch !== fetch) return;
    if (descriptor === undefined) Reflect.deleteProperty(target, "fetch");
    else Object.defineProperty(target, "fetch", descriptor);
  };
}
