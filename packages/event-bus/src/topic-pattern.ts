/**
 * Compiles a pattern of topics: segments with dots between them, where `*` stands for any one segment
 * and `**` for any number of them, none included.
 *
 * @throws TypeError for what is no pattern.
 */
export function topicPattern(pattern: string): (topic: string) => boolean {
  if (typeof pattern !== "string" || pattern === "") {
    throw new TypeError(`a topic must be a text that is not empty, got ${typeof pattern}`);
  }
  const wanted = pattern.split(".");
  const odd = wanted.find((segment) => segment.includes("*") && !/^\*{1,2}$/.test(segment));
  if (odd !== undefined) {
    throw new TypeError(`in topic ${pattern}, * and ** must be whole segments, got ${odd}`);
  }
  if (!pattern.includes("*")) return (topic) => topic === pattern;
  return (topic) => matches(wanted, topic.split("."));
}

/** Takes as few segments as it can for each `**`, and one more for the last one when it gets stuck. */
function matches(wanted: readonly string[], segments: readonly string[]): boolean {
  let at = 0;
  let retry: { readonly wanted: number; at: number } | undefined;
  for (let i = 0; i < wanted.length || at < segments.length; ) {
    const segment = wanted[i];
    if (segment === "**") {
      retry = { wanted: ++i, at };
    } else if (at < segments.length && (segment === "*" || segment === segments[at])) {
      i++;
      at++;
    } else if (retry !== undefined && retry.at < segments.length) {
      at = ++retry.at;
      i = retry.wanted;
    } else {
      return false;
    }
  }
  return true;
}
