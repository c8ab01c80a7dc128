import { StepLogError } from "@step-log/core";
import { type Compression, ENDINGS } from "./part-key.ts";

/** What `compact` says of a pack: an object in which parts of a day lie one behind the other. */
export interface PackManifest {
  readonly version: 1;
  /** The first and the last slug of its runs, as texts compare; they stand at the beginning. */
  readonly runs: readonly [string, string];
  /** The key of the pack. */
  readonly pack: string;
  /** Its size. */
  readonly bytes: number;
  /** Its SHA-256, in hex. */
  readonly sha256: string;
  readonly parts: readonly PackedPart[];
}

/** A part in a pack, byte for byte as it was. */
export interface PackedPart {
  /** The key that it had. */
  readonly key: string;
  /** Where it begins in the pack. */
  readonly offset: number;
  readonly bytes: number;
  /** SHA-256 of its lines before compression, in hex. */
  readonly sha256: string;
  readonly records: number;
}

/** Where packs of a log lie: `logs-compact/` of `logs/`, so that no engine reads both by accident. */
export function compactPrefix(prefix: string): string {
  return prefix === "" ? "compact/" : `${prefix.slice(0, -1)}-compact/`;
}

/** What the keys of all manifests begin with; engines pass names with `_` over. */
export function manifestsPrefix(prefix: string): string {
  return `${compactPrefix(prefix)}_packs/`;
}

/** The key of a day's n-th manifest: `logs-compact/_packs/dt=2026-11-22/00000001.json`. */
export function manifestKey(prefix: string, day: string, n: number): string {
  return `${manifestsPrefix(prefix)}dt=${day}/${String(n).padStart(8, "0")}.json`;
}

/** The key of a day's n-th pack: `logs-compact/dt=2026-11-22/pack-00000001.jsonl.gz`. */
export function packKey(prefix: string, day: string, n: number, compression: Compression): string {
  const name = `pack-${String(n).padStart(8, "0")}.jsonl${ENDINGS[compression]}`;
  return `${compactPrefix(prefix)}dt=${day}/${name}`;
}

/** Day and number of a pack, by its key. */
export function parsePackKey(key: string): { day: string; n: number } | undefined {
  const [, day, n] =
    /\/dt=(\d{4}-\d{2}-\d{2})\/pack-(\d{8,})\.jsonl(?:\.gz|\.zst)?$/.exec(key) ?? [];
  return day === undefined ? undefined : { day, n: Number(n) };
}

/** Day and number of a manifest, by its key. */
export function parseManifestKey(key: string): { day: string; n: number } | undefined {
  const [, day, n] = /\/_packs\/dt=(\d{4}-\d{2}-\d{2})\/(\d{8,})\.json$/.exec(key) ?? [];
  return day === undefined ? undefined : { day, n: Number(n) };
}

/** The first and the last slug, by the beginning of a manifest; `undefined` where it does not tell. */
export function parseManifestRuns(beginning: string): readonly [string, string] | undefined {
  const [, first, last] =
    /^\{"version":1,"runs":\["([A-Za-z0-9_-]+)","([A-Za-z0-9_-]+)"\]/.exec(beginning) ?? [];
  return first === undefined || last === undefined ? undefined : [first, last];
}

/**
 * Reads a manifest.
 *
 * @throws StepLogError `READ_FAILED`
 */
export function parseManifest(text: string, key: string): PackManifest {
  try {
    const manifest = JSON.parse(text) as PackManifest;
    if (manifest.version === 1 && Array.isArray(manifest.parts)) return manifest;
  } catch {
    // told below
  }
  throw new StepLogError("READ_FAILED", `s3: ${key} is no manifest of version 1`, {
    details: { key },
  });
}
