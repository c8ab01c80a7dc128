/** A line as it stands in a file, with its line end if it has one. */
export interface ByteLine {
  readonly bytes: Buffer;
  /** Whether it is longer than a line may be, and came in parts, of which this is one. */
  readonly isTooLong: boolean;
}

const NEWLINE = 10;

/** Cuts bytes into lines, and changes nothing about them: put together, they are the bytes. */
export async function* byteLines(
  pieces: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<readonly ByteLine[], void, void> {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let isTooLong = false;
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const lines: ByteLine[] = [];
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      waiting.push(bytes.subarray(from, end + 1));
      lines.push({ bytes: joined(waiting), isTooLong });
      waiting = [];
      waitingBytes = 0;
      isTooLong = false;
      from = end + 1;
    }
    if (from < bytes.length) {
      waiting.push(bytes.subarray(from));
      waitingBytes += bytes.length - from;
    }
    if (waitingBytes > maxLineBytes) {
      isTooLong = true;
      lines.push({ bytes: joined(waiting), isTooLong });
      waiting = [];
      waitingBytes = 0;
    }
    yield lines;
  }
  if (waiting.length > 0) yield [{ bytes: joined(waiting), isTooLong }];
}

function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}
