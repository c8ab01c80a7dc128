import type { Compression } from "../part-key.ts";

/** The first line of a file of the spool; the lines of the part come behind it. */
export interface SpoolHeader {
  readonly v: 1;
  readonly run_id: string;
  readonly day: string;
  readonly writer: string;
  readonly seq: number;
  readonly compression: Compression;
}

/** The first line as bytes. */
export function headerLine(header: SpoolHeader): Buffer {
  return Buffer.from(`${JSON.stringify(header)}\n`);
}

/** Reads the first line; `undefined` when it is torn, or of another version. */
export function parseHeader(line: Uint8Array): SpoolHeader | undefined {
  try {
    const header = JSON.parse(Buffer.from(line).toString()) as SpoolHeader;
    return header.v === 1 && typeof header.run_id === "string" ? header : undefined;
  } catch {
    return undefined;
  }
}

/** `run_01.0f3a9c1b2d4e5f60.00000003.open`, a part that is being filled. */
export function openName(slug: string, writer: string, seq: number): string {
  return `${slug}.${writer}.${String(seq).padStart(8, "0")}.open`;
}

/** `run_01.0f3a9c1b2d4e5f60.00000003.0000000120-0000000187.jsonl.gz.sealed`, named after its key. */
export function sealedName(key: string): string {
  return `${key.slice(key.lastIndexOf("/") + 1)}.sealed`;
}
