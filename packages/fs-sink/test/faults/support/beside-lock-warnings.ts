/**
 * What a program printed on stderr, but for warnings of a lock that was lost or busy: those are told where
 * nobody listens any more, between the end of a log and that of its sink.
 */
export function besideLockWarnings(stderr: string): string {
  return stderr
    .split("\n")
    .filter((line) => !/\[LOCK_(?:LOST|BUSY); further ones/.test(line))
    .join("\n");
}
