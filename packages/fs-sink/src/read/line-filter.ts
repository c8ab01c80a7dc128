/**
 * Makes a quick check, without parsing, whether a line may be of a run.
 *
 * `false` is certain. `true` is said of the run's own lines, of lines that cannot be told from them
 * so quickly, and of those that name no run at all, which are probably damaged.
 */
export function lineFilter(runId: string): (line: string) => boolean {
  // Any character can be written as \uXXXX; but these have no other escape.
  const plain = runId.match(/[\w .:@-]+/g) ?? [];
  const needle = plain.reduce(
    (longest, part) => (part.length > longest.length ? part : longest),
    "",
  );
  return (line) => line.includes(needle) || line.includes("\\u") || !line.includes('"run_id"');
}
