import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";

const NEWLINE = 10;

/**
 * Gives the numbers of the lines, from 1 on, that begin at these places of a file; in that order.
 * `null` for what could not be reached.
 *
 * @param offsets In bytes, ascending; of a packed file, of what is in it.
 */
export async function lineNumbers(
  path: string,
  offsets: readonly number[],
  signal: AbortSignal,
): Promise<readonly (number | null)[]> {
  const end = offsets.at(-1) ?? 0;
  const file = createReadStream(path, path.endsWith(".gz") ? {} : { end });
  const bytes = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  file.on("error", (error) => bytes.destroy(error));
  const numbers: number[] = [];
  let line = 1;
  let position = 0;
  try {
    for await (const piece of bytes as AsyncIterable<Buffer>) {
      signal.throwIfAborted();
      let at = 0;
      for (let next = offsets[numbers.length]; next !== undefined; next = offsets[numbers.length]) {
        if (next >= position + piece.length) break;
        line += newlines(piece, at, next - position);
        at = next - position;
        numbers.push(line);
      }
      if (numbers.length === offsets.length) break;
      line += newlines(piece, at, piece.length);
      position += piece.length;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    // It has been told already that the file cannot be read.
  } finally {
    file.destroy();
  }
  return offsets.map((_, index) => numbers[index] ?? null);
}

function newlines(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (
    let at = bytes.indexOf(NEWLINE, from);
    at >= 0 && at < to;
    at = bytes.indexOf(NEWLINE, at + 1)
  ) {
    count++;
  }
  return count;
}
