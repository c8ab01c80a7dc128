import { constants } from "node:buffer";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import type { Compression } from "../part-key.ts";

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const gunzip: Decompress = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gunzip);

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
  return (compression === "gzip" ? gunzip : zstd())(bytes, { maxOutputLength });
}

function zstd(): Decompress {
  // Of Node 22.15; the types here are of Node 20.
  const { zstdDecompress } = zlib as { readonly zstdDecompress?: typeof zlib.gunzip };
  if (zstdDecompress === undefined) {
    throw new Error(`zstd needs Node 22.15 or 23.8, this is ${process.version}`);
  }
  return promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zstdDecompress);
}
