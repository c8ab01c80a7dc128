import { sha256Of } from "../lazy-builtins.ts";
import { type PackedPart, type PackManifest, packKey } from "../pack-manifest.ts";
import { groupBy } from "../read/group-by.ts";
import { type LoadOptions, loadPart } from "../read/load-part.ts";
import type { StoredPart } from "../read/stored-part.ts";
import { inParallel } from "../store/in-parallel.ts";
import type { CompactProblem } from "./compact-options.ts";

/** A pack as it is going to be stored. */
export interface Pack {
  readonly manifest: PackManifest;
  readonly body: Buffer;
  /** Parts that are damaged, and so not in it. */
  readonly problems: readonly CompactProblem[];
}

/** Shares parts out among packs of a size, as they come, so that those of a run lie together. */
export function shareOut(parts: readonly StoredPart[], packBytes: number): StoredPart[][] {
  const packs: StoredPart[][] = [];
  for (const same of groupBy(parts, ({ name }) => name.compression).values()) {
    let size = Number.POSITIVE_INFINITY;
    for (const part of same) {
      if (size + part.place.size > packBytes) {
        packs.push([]);
        size = 0;
      }
      packs.at(-1)?.push(part);
      size += part.place.size;
    }
  }
  // A pack of one part would save nothing.
  return packs.filter(({ length }) => length > 1);
}

/**
 * Puts parts one behind the other, byte for byte: gzip, zstd and lines may all be strung together so
 * (RFC 1952, section 2.2; RFC 8878, section 3). Each is checked against what its writer said of it.
 *
 * @param n The number of the pack among those of the day.
 */
export async function makePack(
  parts: readonly StoredPart[],
  n: number,
  options: LoadOptions & { readonly prefix: string; readonly maxConcurrency: number },
): Promise<Pack | undefined> {
  const [first] = parts;
  if (first === undefined) return undefined;
  const loaded = await inParallel(parts, options.maxConcurrency, (part) => loadPart(part, options));
  const bodies: Buffer[] = [];
  const packed: PackedPart[] = [];
  const problems: CompactProblem[] = [];
  let offset = 0;
  for (const it of loaded) {
    const { key } = it.part.place;
    if ("problem" in it) {
      problems.push({ key, reason: it.problem });
      continue;
    }
    const sha256 = it.checks.sha256 ?? sha256Of(it.bytes);
    const records = it.checks.count ?? it.bytes.reduce((lines, byte) => lines + +(byte === 10), 0);
    packed.push({ key, offset, bytes: it.body.length, sha256, records });
    bodies.push(it.body);
    offset += it.body.length;
  }
  const body = Buffer.concat(bodies);
  const { day, compression } = first.name;
  const pack = packKey(options.prefix, day, n, compression);
  const manifest = {
    version: 1,
    pack,
    bytes: body.length,
    sha256: sha256Of(body),
    parts: packed,
  } as const;
  return { manifest, body, problems };
}
