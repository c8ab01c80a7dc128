import { constants } from "node:buffer";
import { promisify } from "node:util";
import type { InputType, ZlibOptions } from "node:zlib";
import { nodeZlib } from "../lazy-builtins.ts";
import type { Compression } from "../part-key.ts";

type Decompress = (
  bytes: Uint8Array,
  options: { readonly maxOutputLength: number; readonly chunkSize: number },
) => Promise<Buffer>;

// What is unpacked comes in pieces, each a way from the pool's thread to the event loop: with 16 KiB,
// Node's own, that takes as long as the unpacking. Logs unpack to some five times of their size.
const LEAST_PIECE_BYTES = 16 * 1_024;
const MOST_PIECE_BYTES = 1_024 * 1_024;
const TIMES = 8;

/**
 * Unpacks a part, in a thread of the pool.
 *
 * @throws Error when it is damaged, unpacks to more than `maxBytes`, or this Node cannot.
 */
export async function unpack(
  bytes: Buffer,
  compression: Compression,
  maxBytes: number,
): Promise<Buffer> {
  if (compression === "none") {
    if (bytes.length > maxBytes) throw new RangeError(`larger than ${maxBytes} bytes`);
    return bytes;
  }
  const maxOutputLength = Math.min(maxBytes, constants.MAX_LENGTH);
  const chunkSize = Math.min(Math.max(bytes.length * TIMES, LEAST_PIECE_BYTES), MOST_PIECE_BYTES);
  return (compression === "gzip" ? gunzip() : zstd())(bytes, { maxOutputLength, chunkSize });
}

function gunzip(): Decompress {
  return promisify<InputType, ZlibOptions, Buffer>(nodeZlib().gunzip);
}

function zstd(): Decompress {
  // Of Node 22.15; the types here are of Node 20.
  const { zstdDecompress } = nodeZlib() as {
    readonly zstdDecompress?: ReturnType<typeof nodeZlib>["gunzip"];
  };
  if (zstdDecompress === undefined) {
    throw new Error(`zstd needs Node 22.15 or 23.8, this is ${process.version}`);
  }
  return promisify<InputType, ZlibOptions, Buffer>(zstdDecompress);
}
