import { nodeZlib } from "../lazy-builtins.ts";
import { BytesEndError, fileBytes } from "./file-bytes.ts";
import type { ReadableFile } from "./readable-file.ts";

// A byte unpacks to at most 1032 bytes, as zlib's documentation says: 16 MiB at once.
const PACKED_BYTES = 16 * 1024;
const PIECE_BYTES = 64 * 1024;

/**
 * Unpacks a gzip file of any number of members, to at most `maxBytes`.
 *
 * What is damaged or cut off is unpacked as far as it goes, to the byte, before it throws.
 *
 * @throws BytesEndError
 */
export async function* gunzipBytes(
  file: ReadableFile,
  maxBytes: number,
): AsyncGenerator<Buffer, void, void> {
  let given = 0;
  let fault: Fault | undefined;
  do {
    const pieces = inflate(fileBytes(file), fault?.at);
    let unpacked = 0;
    try {
      for (;;) {
        const { done, value } = await pieces.next();
        if (done) {
          // The stream keeps back what it unpacked of the bytes with the fault among them. So unpack
          // once more, and byte by byte where they are.
          if (value !== undefined && (fault !== undefined || value.at === undefined)) {
            throw new BytesEndError(`cannot be unpacked further (${value.message})`);
          }
          fault = value;
          break;
        }
        unpacked += value.length;
        if (unpacked > maxBytes) {
          throw new BytesEndError(`unpacks to more than ${maxBytes} bytes (maxUncompressedBytes)`);
        }
        if (unpacked <= given) continue;
        yield value.subarray(Math.max(0, value.length - (unpacked - given)));
        given = unpacked;
      }
    } finally {
      await pieces.return(undefined);
    }
  } while (fault !== undefined);
}

interface Fault {
  readonly message: string;
  /** Among which bytes of the file it is, by their start; `undefined` when nothing was kept back. */
  readonly at: number | undefined;
}

/** Unpacks; the packed bytes from `doubtful` on are taken one by one. */
async function* inflate(
  packed: AsyncIterable<Buffer>,
  doubtful = Number.POSITIVE_INFINITY,
): AsyncGenerator<Buffer, Fault | undefined, void> {
  const gunzip = nodeZlib().createGunzip({ chunkSize: PIECE_BYTES });
  const unpacked: Buffer[] = [];
  let settle: (error?: Error | null) => void = () => {};
  gunzip.on("data", (piece: Buffer) => unpacked.push(piece));
  // After an error, and after the end, nobody calls back.
  let isOver = false;
  gunzip.on("error", (error) => settle(error));
  gunzip.on("end", () => {
    isOver = true;
    settle();
  });
  const settled = (begin: () => void) =>
    new Promise<Error | null | undefined>((resolve) => {
      settle = resolve;
      begin();
    });
  let at = 0;
  try {
    for await (const piece of packed) {
      for (let from = 0; from < piece.length; ) {
        const length = at >= doubtful && at < doubtful + PACKED_BYTES ? 1 : PACKED_BYTES;
        const bytes = piece.subarray(from, from + length);
        const error = isOver ? undefined : await settled(() => gunzip.write(bytes, settle));
        yield* unpacked.splice(0);
        if (error) return { message: error.message, at };
        // Zero bytes may fill the file up, and end the stream.
        if (isOver && bytes.at(-1) !== 0) return { message: "more after the end", at: undefined };
        from += bytes.length;
        at += bytes.length;
      }
    }
    const error = isOver ? undefined : await settled(() => gunzip.end());
    yield* unpacked.splice(0);
    return error ? { message: error.message, at: undefined } : undefined;
  } finally {
    gunzip.destroy();
  }
}
