import type { BadLine } from "@step-log/core";
import type { ObjectStore } from "../object-store.ts";
import { ObjectStoreError } from "../object-store-error.ts";
import { parsePart, type ReadItem } from "./parse-part.ts";
import { isMissing, type RequestOptions, retried } from "./retried.ts";
import type { PartChecks, PartPlace, StoredPart } from "./stored-part.ts";
import { unpack } from "./unpack.ts";

/** What `loadPart` needs. */
export interface LoadOptions extends RequestOptions {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly maxPartBytes: number;
}

/** The bytes of a part, checked and unpacked, or why there are none. */
export type LoadedPart = {
  readonly part: StoredPart;
  /** `s3://bucket/key` */
  readonly location: string;
  readonly checks: PartChecks;
} & (WholePart | { readonly problem: string });

/** A part that is as it was written. */
export interface WholePart {
  /** As it is stored. */
  readonly body: Buffer;
  /** Unpacked: its lines. */
  readonly bytes: Buffer;
}

// What is damaged on the way is right the next time; what is damaged in the store stays so.
const DAMAGE_TRIES = 2;
// Packs are large: they have the time of a request, and what they take at 1 MB/s.
const SLOWEST_BYTES_PER_MS = 1_000;

/**
 * Gets a part, whole, and checks it against what its writer said of it. Where an answer breaks off it
 * is got again from the start.
 *
 * @throws StepLogError `READ_FAILED`; the signal's reason.
 */
export async function loadPart(part: StoredPart, options: LoadOptions): Promise<LoadedPart> {
  const location = `s3://${options.bucket}/${part.place.key}`;
  for (let tries = 1; ; tries++) {
    const got = await getPart(part, options);
    if (got === undefined) return { part, location, checks: UNKNOWN, problem: "it is gone" };
    const { body, checks } = got;
    const { maxPartBytes } = options;
    const unpacked = await unpack(body, part.name.compression, maxPartBytes).catch(toError);
    const problem = unpacked instanceof Error ? unpacked.message : await damage(unpacked, checks);
    if (problem === undefined) return { part, location, checks, body, bytes: unpacked as Buffer };
    if (tries === DAMAGE_TRIES) return { part, location, checks, problem };
  }
}

/** The records of a loaded part, and its bad lines; of a damaged one, one bad line for all. */
export function partItems(loaded: LoadedPart): ReadItem[] {
  const { location, checks } = loaded;
  if ("problem" in loaded) return [badPart(loaded, loaded.problem, checks.count)];
  const items = parsePart(loaded.bytes, location);
  // With its SHA-256 it is what was written, whatever the count says.
  if (checks.sha256 !== undefined || checks.count === undefined) return items;
  const records = items.length;
  if (records === checks.count) return items;
  const problem = `it has ${records} lines and was written with ${checks.count}`;
  return [...items, badPart(loaded, problem)];
}

const UNKNOWN: PartChecks = { sha256: undefined, count: undefined };

async function getPart(
  part: StoredPart,
  options: LoadOptions,
): Promise<{ body: Buffer; checks: PartChecks } | undefined> {
  const places = [part.place, ...(part.packed === undefined ? [] : [part.packed])];
  for (const place of places) {
    try {
      const { body, metadata } = await getObject(place, options);
      const checks = place.offset === undefined ? checksOf(metadata) : (part.expected ?? UNKNOWN);
      return { body, checks };
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return undefined;
}

/** `options` with time for so many bytes. */
export function withTimeFor<T extends RequestOptions>(bytes: number, options: T): T {
  const requestTimeoutMs = options.requestTimeoutMs + bytes / SLOWEST_BYTES_PER_MS;
  return { ...options, requestTimeoutMs };
}

/** Gets an object, or a stretch of it, whole. */
export async function getObject(
  { key, offset, size }: PartPlace,
  options: LoadOptions,
): Promise<{ body: Buffer; metadata: Readonly<Record<string, string>> }> {
  const range = offset === undefined ? {} : { range: { start: offset, end: offset + size - 1 } };
  return retried(`reading ${key}`, withTimeFor(size, options), async (signal) => {
    const { body, metadata } = await options.store.get(key, { ...range, signal });
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    // Some clients end a stream that broke off as if it were whole.
    if (bytes.length < size) {
      throw new ObjectStoreError(`${bytes.length} of ${size} bytes came`, { code: "Incomplete" });
    }
    return { body: bytes, metadata };
  });
}

function checksOf(metadata: Readonly<Record<string, string>>): PartChecks {
  const { "sl-sha256": sha256, "sl-count": count } = metadata;
  return { sha256, count: count === undefined ? undefined : Number(count) };
}

/** Summed up in a thread of the pool, while others are parsed: it takes 3.6 ms a MB. */
async function damage(bytes: Buffer, { sha256 }: PartChecks): Promise<string | undefined> {
  if (sha256 === undefined) return undefined;
  const actual = await crypto.subtle.digest("SHA-256", bytes);
  if (Buffer.from(actual).toString("hex") === sha256) return undefined;
  return "its SHA-256 is not that with which it was written";
}

function badPart({ part, location }: LoadedPart, problem: string, count?: number): BadLine {
  const { offset = 0, size } = part.place;
  const what = count === undefined ? "" : ` with ${count} records`;
  const reason = `damaged part${what}: ${problem}`;
  return { type: "bad_line", offset, bytes: size, reason, location };
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
