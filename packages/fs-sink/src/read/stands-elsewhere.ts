import type { FileHandle } from "node:fs/promises";

const NEWLINE = 10;
const PIECE_BYTES = 1024 * 1024;

/**
 * Whether a line stands in a file once more, as a line of its own, beside the place at `offset`: its
 * writer saw that it was glued to something, and wrote it again.
 */
export async function standsElsewhere(
  file: FileHandle,
  offset: number,
  bytes: number,
): Promise<boolean> {
  // With the line end before it, but for that of the first line.
  const wanted = Buffer.alloc(bytes + 2, NEWLINE);
  const { bytesRead } = await file.read(wanted, 1, bytes, offset);
  if (bytesRead < bytes) return false;
  if (offset > 0 && (await isAt(file, 0, wanted.subarray(1)))) return true;
  const piece = Buffer.alloc(PIECE_BYTES + wanted.length);
  for (let from = 0; ; from += PIECE_BYTES) {
    const { bytesRead: length } = await file.read(piece, 0, piece.length, from);
    const part = piece.subarray(0, length);
    for (let at = part.indexOf(wanted); at >= 0; at = part.indexOf(wanted, at + 1)) {
      if (from + at + 1 !== offset) return true;
    }
    if (length < piece.length) return false;
  }
}

async function isAt(file: FileHandle, offset: number, wanted: Buffer): Promise<boolean> {
  const there = Buffer.alloc(wanted.length);
  await file.read(there, 0, there.length, offset);
  return there.equals(wanted);
}
