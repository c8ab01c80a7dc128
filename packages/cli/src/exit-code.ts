/** All is well; or there was nothing to complain of. */
export const OK = 0;

/** It was done, and problems were found: bad lines with `--strict`, runs that differ, damage. */
export const FOUND_PROBLEMS = 1;

/** It could not be done: wrong usage, no such log, no permission. */
export const FAILED = 2;

/** Stopped by Ctrl-C: 128 and the number of SIGINT, as shells have it. */
export const INTERRUPTED = 130;

export type ExitCode = typeof OK | typeof FOUND_PROBLEMS | typeof FAILED | typeof INTERRUPTED;
