import { S3RefusalError } from "./s3-refusal.ts";

/** From the first byte to behind the last one. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header: `bytes=0-99`, `bytes=100-`, `bytes=-20`; `undefined` for none.
 *
 * @throws S3RefusalError `InvalidRange`
 */
export function byteRange(header: string | undefined, size: number): Span | undefined {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size : Math.min(size, Number(to) + 1);
  if (start >= end) throw new S3RefusalError(416, "InvalidRange");
  return { start, end };
}
