/** What holds where nothing else is said: 64 MiB a line, and about a minute of unpacking at 300 MB/s. */
export const DEFAULT_LIMITS: {
  readonly maxLineBytes: number;
  readonly maxUncompressedBytes: number;
} = { maxLineBytes: 64 * 2 ** 20, maxUncompressedBytes: 16 * 2 ** 30 };
