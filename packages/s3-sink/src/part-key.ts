import { nodeCrypto } from "./lazy-builtins.ts";

/** How the bytes of a part are packed. */
export type Compression = "gzip" | "zstd" | "none";

/** What the key of a part tells. */
export interface PartName {
  /** UTC day on which the run began, `2026-11-22`. */
  readonly day: string;
  /** The run, as `runSlug` gives it. */
  readonly slug: string;
  /** 16 hex digits, of the sink that wrote it. */
  readonly writer: string;
  /** Number of the part among those of this writer and run, from 0. */
  readonly seq: number;
  /** Lowest and highest step in it; hints, order comes from the records. */
  readonly first: number;
  readonly last: number;
  readonly compression: Compression;
}

// No `.`, which separates the pieces of a key: else a list of run `r1` would find parts of `r1.x`.
const PLAIN_ID = /^[A-Za-z0-9_-]{1,128}$/;
const HASHED_ID = /^x[a-z2-7]{26}$/;
/** What keys end in, behind `.jsonl`. */
export const ENDINGS: Readonly<Record<Compression, string>> = {
  gzip: ".gz",
  zstd: ".zst",
  none: "",
};
const PART =
  /(?:^|\/)dt=(\d{4}-\d{2}-\d{2})\/([A-Za-z0-9_-]{1,128})\.([0-9a-f]{16})\.(\d{8,})\.(\d{10,})-(\d{10,})\.jsonl(\.gz|\.zst)?$/;

/**
 * The run id as it stands in keys: itself, when it is 1 to 128 letters, digits, `_` and `-`, else
 * `x` and 26 characters of base32 of its SHA-256. The true id stands in the records.
 */
export function runSlug(runId: string): string {
  // What looks like a hash is hashed, so that nobody can choose the slug of another run.
  if (PLAIN_ID.test(runId) && !HASHED_ID.test(runId)) return runId;
  return `x${base32(nodeCrypto().createHash("sha256").update(runId).digest(), 26)}`;
}

/**
 * The key of a part:
 * `logs/dt=2026-11-22/run_01.0f3a9c1b2d4e5f60.00000003.0000000120-0000000187.jsonl.gz`.
 *
 * @param prefix Empty, or ending in `/`.
 */
export function partKey(prefix: string, part: PartName): string {
  const { slug, writer, seq, first, last } = part;
  const steps = `${padded(first, 10)}-${padded(last, 10)}`;
  const name = `${slug}.${writer}.${padded(seq, 8)}.${steps}.jsonl${ENDINGS[part.compression]}`;
  return dayPrefix(prefix, part.day) + name;
}

/** Reads a key back; `undefined` for one that is no part's. */
export function parsePartKey(key: string): PartName | undefined {
  const [, day, slug, writer, seq, first, last, ending] = PART.exec(key) ?? [];
  if (day === undefined || slug === undefined || writer === undefined) return undefined;
  return {
    day,
    slug,
    writer,
    seq: Number(seq),
    first: Number(first),
    last: Number(last),
    compression: ending === ".gz" ? "gzip" : ending === ".zst" ? "zstd" : "none",
  };
}

/** What the keys of all parts of a day begin with: `logs/dt=2026-11-22/`. */
export function dayPrefix(prefix: string, day: string): string {
  return `${prefix}dt=${day}/`;
}

/** What the keys of all parts of a run on a day begin with: `logs/dt=2026-11-22/run_01.`. */
export function runPrefix(prefix: string, day: string, runId: string): string {
  return `${dayPrefix(prefix, day)}${runSlug(runId)}.`;
}

// RFC 9562, section 5.7, and https://github.com/ulid/spec: 48 bits of milliseconds come first.
const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const ULID = /^([0-7][0-9A-HJKMNP-TV-Z]{9})[0-9A-HJKMNP-TV-Z]{16}$/;
const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
// A time outside of these years is no time.
const EARLIEST_MS = Date.UTC(2000, 0);
const LATEST_MS = Date.UTC(2100, 0);

/** The UTC day that a run id tells, if it is a UUID of version 7 or a ULID: that of all its parts. */
export function runDay(runId: string): string | undefined {
  const [, high, low] = UUID_V7.exec(runId) ?? [];
  const [, ulid] = ULID.exec(runId) ?? [];
  let timeMs = Number.NaN;
  if (high !== undefined && low !== undefined) timeMs = Number.parseInt(high + low, 16);
  else if (ulid !== undefined) {
    timeMs = [...ulid].reduce((time, digit) => time * 32 + CROCKFORD.indexOf(digit), 0);
  }
  return timeMs >= EARLIEST_MS && timeMs < LATEST_MS ? utcDay(timeMs) : undefined;
}

/** The UTC day of a time in milliseconds: `2026-11-22`. */
export function utcDay(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

// RFC 4648, section 6, in lower case.
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

function base32(bytes: Uint8Array, length: number): string {
  let bits =
    BigInt(`0x${Buffer.from(bytes).toString("hex")}`) >> BigInt(bytes.length * 8 - length * 5);
  let text = "";
  for (let i = 0; i < length; i++) {
    text = ALPHABET[Number(bits & 31n)] + text;
    bits >>= 5n;
  }
  return text;
}
