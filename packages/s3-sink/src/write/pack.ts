import { promisify } from "node:util";
import type { InputType, ZlibOptions } from "node:zlib";
import { nodeCrypto, nodeZlib, sha256Of } from "../lazy-builtins.ts";
import type { Compression } from "../part-key.ts";

/** The body of a part as it is stored, and what is said of it. */
export interface Packed {
  readonly body: Uint8Array;
  /** SHA-256 of the lines before compression, in hex: another version of zlib may pack them otherwise. */
  readonly sha256: string;
  /** MD5 of the body in base64. */
  readonly md5?: string;
}

/** How hard to pack: `"small"` where there is time, `"fast"` in a flood. */
export type Effort = "small" | "fast";

type Compressor = (bytes: Uint8Array, effort: Effort) => Promise<Uint8Array>;

// 35 and 6.5 ms a MB of log, ratios of 5.1 and 3.8: see docs/decisions/009-s3-protocol.md.
const GZIP_LEVELS: Readonly<Record<Effort, number>> = { small: 6, fast: 1 };
// Results come in pieces of this size, each a way from the pool's thread to the event loop; 16 KiB
// by default.
const PIECE_BYTES = 256 * 1_024;
// Of memory, by what is in it.
const MOST_WASTE = 1.25;

const COMPRESSORS: Readonly<Record<Compression, Compressor>> = {
  gzip: (bytes, effort) =>
    promisify<InputType, ZlibOptions, Buffer>(nodeZlib().gzip)(bytes, {
      level: GZIP_LEVELS[effort],
      chunkSize: PIECE_BYTES,
    }),
  zstd: (bytes) =>
    promisify<InputType, ZlibOptions, Buffer>(nodeZstd().zstdCompress)(bytes, {
      chunkSize: PIECE_BYTES,
    }),
  none: async (bytes) => bytes,
};

/** Undoes a compression at once, for when there is no event loop left. */
export function unpackSync(body: Uint8Array, compression: Compression): Uint8Array {
  if (compression === "none") return body;
  if (compression === "gzip") return nodeZlib().gunzipSync(body);
  return nodeZstd().zstdDecompressSync(body);
}

/** What Node has of zstd since 22.15; the types here are of Node 20. */
function nodeZstd(): {
  readonly zstdCompress: typeof import("node:zlib").gzip;
  readonly zstdDecompressSync: typeof import("node:zlib").gunzipSync;
} {
  return nodeZlib() as never;
}

/** Packs the lines of a part, in a thread of the pool, and sums them up. */
export async function pack(
  bytes: Uint8Array,
  options: { readonly compression: Compression; readonly effort: Effort; readonly md5: boolean },
): Promise<Packed> {
  const body = trimmed(await COMPRESSORS[options.compression](bytes, options.effort));
  const md5 = options.md5 ? md5Of(body) : undefined;
  return { body, sha256: sha256Of(bytes), ...(md5 !== undefined && { md5 }) };
}

/** In memory of its own: zlib's results are part of a piece, and a small part would keep all of it. */
function trimmed(body: Uint8Array): Uint8Array {
  if (body.buffer.byteLength <= MOST_WASTE * body.length) return body;
  const copy = Buffer.allocUnsafeSlow(body.length);
  copy.set(body);
  return copy;
}

/** Nothing where the host has no MD5, as in FIPS mode. */
function md5Of(body: Uint8Array): string | undefined {
  try {
    return nodeCrypto().createHash("md5").update(body).digest("base64");
  } catch {
    return undefined;
  }
}
