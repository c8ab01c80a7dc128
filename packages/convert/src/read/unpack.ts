import { Gunzip, Unzip, UnzipInflate } from "fflate";
import { JsonValues, type ValueListener } from "./json-values.ts";

/** Takes the bytes of one source as they are read, packed or not. */
export interface ByteReader {
  push(bytes: Buffer): void;
  /** There is no more. */
  end(): void;
}

/** What unpacking must keep to. */
export interface UnpackLimits {
  readonly maxValueBytes: number;
  readonly maxUncompressedBytes: number;
}

// Packed bytes unpack to at most 1032 times as many, as zlib's documentation says: 16 MiB at once.
const PIECE_BYTES = 16 * 1024;
const GZIP = [0x1f, 0x8b];
const ZIP = [0x50, 0x4b, 3, 4];

/** Reads the JSON values of bytes that are text, gzip or zip, which their first bytes tell. */
export function unpack(limits: UnpackLimits, listener: ValueListener): ByteReader {
  let head: Buffer = Buffer.alloc(0);
  let reader: ByteReader | undefined;
  const begin = () => {
    reader = readerOf(head, limits, listener);
    reader.push(head);
    return reader;
  };
  return {
    push(bytes) {
      if (reader !== undefined) {
        reader.push(bytes);
        return;
      }
      head = Buffer.concat([head, bytes]);
      if (head.length >= ZIP.length) begin();
    },
    end: () => (reader ?? begin()).end(),
  };
}

function readerOf(head: Buffer, limits: UnpackLimits, listener: ValueListener): ByteReader {
  const startsWith = (magic: readonly number[]) => magic.every((byte, i) => head[i] === byte);
  if (startsWith(GZIP)) return gunzip(limits, listener);
  if (startsWith(ZIP)) return unzip(limits, listener);
  return new JsonValues(limits.maxValueBytes, listener);
}

function gunzip(limits: UnpackLimits, listener: ValueListener): ByteReader {
  const values = new JsonValues(limits.maxValueBytes, listener);
  const room = unpackedRoom(limits.maxUncompressedBytes);
  const gunzip = new Gunzip((piece) => room.pass(piece, values));
  return untilItFails(
    (piece, isLast) => gunzip.push(piece, isLast),
    () => values.end(),
    listener,
  );
}

/**
 * A zip is read from its start, file by file, so that one that is still being written, and has no
 * directory at its end, gives what it holds.
 */
function unzip(limits: UnpackLimits, listener: ValueListener): ByteReader {
  const room = unpackedRoom(limits.maxUncompressedBytes);
  let open: { name: string; values: JsonValues } | undefined;
  const close = () => {
    open?.values.end();
    open = undefined;
  };
  const unzip = new Unzip((file) => {
    close();
    const values = new JsonValues(limits.maxValueBytes, listener);
    open = { name: file.name, values };
    let isTold = false;
    file.ondata = (error, piece, isLast) => {
      if (error !== null) {
        isTold = true;
        listener.bad(`${file.name.slice(0, 200)}: ${error.message}`, 0, 0);
        return;
      }
      room.pass(piece, values);
      if (isLast && open?.values === values) close();
    };
    // An unknown compression is told to `ondata`, and then stumbled over.
    try {
      file.start();
    } catch (error) {
      if (!isTold) throw error;
      open = undefined;
    }
  });
  unzip.register(UnzipInflate);
  const finish = () => {
    if (open !== undefined) listener.bad(`${open.name.slice(0, 200)} is cut off`, 0, 0);
    close();
  };
  return untilItFails((piece, isLast) => unzip.push(piece, isLast), finish, listener);
}

/** Feeds what unpacks piece by piece, and ends what reads where it fails: there is no more to be had. */
function untilItFails(
  push: (piece: Buffer, isLast: boolean) => void,
  end: () => void,
  listener: ValueListener,
): ByteReader {
  let offset = 0;
  let isOver = false;
  const feed = (piece: Buffer, isLast: boolean) => {
    if (isOver) return;
    try {
      push(piece, isLast);
    } catch (error) {
      isOver = true;
      listener.bad(`cannot be unpacked further: ${(error as Error).message}`, offset, 0);
    }
    offset += piece.length;
  };
  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        feed(bytes.subarray(at, at + PIECE_BYTES), false);
      }
    },
    end() {
      feed(Buffer.alloc(0), true);
      end();
    },
  };
}

/** Passes on what was unpacked, up to so many bytes. */
function unpackedRoom(maxBytes: number): { pass(piece: Uint8Array, values: JsonValues): void } {
  let left = maxBytes;
  return {
    pass(piece, values) {
      // A copy, since it may be overwritten while lines still keep parts of it.
      values.push(Buffer.from(piece.subarray(0, left)));
      left -= piece.length;
      if (left < 0) throw new Error(`more than ${maxBytes} bytes (maxUncompressedBytes)`);
    },
  };
}
