import { constants } from "node:buffer";
import { promisify } from "node:util";
import type { InputType, ZlibOptions } from "node:zlib";
import { nodeZlib } from "../lazy-builtins.ts";
import type { Compression } from "../part-key.ts";

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

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
  return (compression === "gzip" ? gunzip() : zstd())(bytes, { maxOutputLength });
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
