/** What holds where nothing else is said: 64 MiB a line, and about a minute of unpacking at 300 MB/s. */
export const DEFAULT_LIMITS: {
  readonly maxLineBytes: number;
  readonly maxUncompressedBytes: number;
} = { maxLineBytes: 64 * 2 ** 20, maxUncompressedBytes: 16 * 2 ** 30 };

/** How much is read at once to be scanned: four times as much as to be parsed, since it is done with so much faster. */
export const SCAN_AHEAD_BYTES: number = 1024 * 1024;
