import { type FileHandle, open } from "node:fs/promises";

/** How a file stands to one that came before: `grown` begins with all of it, `shrunk` is its beginning. */
export type FileChange = "same" | "grown" | "shrunk" | "different";

const CHUNK_BYTES = 256 * 1024;

/** Compares two files byte by byte. */
export async function compareFiles(before: string, after: string): Promise<FileChange> {
  const [a, b] = [await open(before), await open(after)];
  try {
    const sizes = [(await a.stat()).size, (await b.stat()).size] as const;
    const common = Math.min(...sizes);
    const [left, right] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
    for (let at = 0; at < common; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, common - at);
      await Promise.all([fill(a, left, length, at), fill(b, right, length, at)]);
      if (left.compare(right, 0, length, 0, length) !== 0) return "different";
    }
    return sizes[0] === sizes[1] ? "same" : sizes[0] < sizes[1] ? "grown" : "shrunk";
  } finally {
    await Promise.all([a.close(), b.close()]);
  }
}

async function fill(file: FileHandle, into: Buffer, length: number, at: number): Promise<void> {
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await file.read(into, filled, length - filled, at + filled);
    // It got shorter meanwhile: what is missing is no part of it.
    if (bytesRead === 0) return void into.fill(0, filled, length);
    filled += bytesRead;
  }
}
