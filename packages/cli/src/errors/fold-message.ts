// What tells errors apart stands at their beginning; behind it may be a whole response.
const MAX_CHARS = 400;

/**
 * Folds what differs between messages of one and the same error: `#` stands for a figure, `<id>` for an id
 * or a hash, `<path>`, `<url>`, `<time>` and `"…"` for what they say. The first line with a text counts.
 *
 * `Order 4711 of "acme" not found in /var/db/7f3a9c21` is `Order # of "…" not found in <path>`.
 */
export function foldMessage(message: string): string {
  const line =
    message
      .slice(0, 4 * MAX_CHARS)
      .trimStart()
      .split(/\r?\n/, 1)[0] ?? "";
  let folded = line;
  for (const [pattern, stand] of FOLDS) folded = folded.replace(pattern, stand);
  folded = folded.replace(/\s+/g, " ").trim();
  return folded.length > MAX_CHARS ? `${folded.slice(0, MAX_CHARS)}…` : folded;
}

// In their order. None can take more than linear time: every part excludes what ends it.
const FOLDS: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z\d+.-]{1,10}:\/\/[^\s"'`<>)\]]+/gi, "<url>"],
  [/"[^"]*"|`[^`]*`|“[^”]*”|(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/gu, '"…"'],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, "<id>"],
  [/(?<![\p{L}\p{N}_.<-])(?:[a-z]:\\|~?\/|\.{1,2}\/)[^\s"'`:,;()<>]+/giu, "<path>"],
  // What has letters and figures mixed: hashes, and ids such as `toolu_01A09q90qw90lq917835lq9`.
  [/\b0x[\da-f]+\b/gi, "<id>"],
  [/(?<![\p{L}\p{N}_-])(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{8,}(?![\p{L}\p{N}_-])/giu, "<id>"],
  [/\d+(?:[.,:]\d+)*/g, "#"],
];
