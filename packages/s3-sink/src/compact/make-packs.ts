import { sha256Of } from "../lazy-builtins.ts";
import { type PackedPart, type PackManifest, packKey } from "../pack-manifest.ts";
import { groupBy } from "../read/group-by.ts";
import { type LoadedPart, type LoadOptions, loadPart } from "../read/load-part.ts";
import type { StoredPart } from "../read/stored-part.ts";
import { inParallel } from "../store/in-parallel.ts";
import type { CompactProblem } from "./compact-options.ts";

const NEWLINE = 10;

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
  const outcomes = await inParallel(parts, options.maxConcurrency, async (part) =>
    checked(await loadPart(part, options)),
  );
  const bodies: Buffer[] = [];
  const packed: PackedPart[] = [];
  const problems: CompactProblem[] = [];
  let offset = 0;
  for (const outcome of outcomes) {
    if ("reason" in outcome) {
      problems.push(outcome);
      continue;
    }
    const { body, ...part } = outcome;
    packed.push({ ...part, offset, bytes: body.length });
    bodies.push(body);
    offset += body.length;
  }
  const body = Buffer.concat(bodies);
  const { day, compression } = first.name;
  const pack = packKey(options.prefix, day, n, compression);
  const slugs = parts.map(({ name }) => name.slug).sort();
  const manifest = {
    version: 1,
    runs: [slugs[0] ?? "", slugs.at(-1) ?? ""],
    pack,
    bytes: body.length,
    sha256: sha256Of(body),
    parts: packed,
  } as const;
  return { manifest, body, problems };
}

/** What is said of a part in a manifest; of what it unpacks to, nothing is kept. */
function checked(
  loaded: LoadedPart,
): (Pick<PackedPart, "key" | "sha256" | "records"> & { readonly body: Buffer }) | CompactProblem {
  const { key } = loaded.part.place;
  if ("problem" in loaded) return { key, reason: loaded.problem };
  const { body, bytes, checks } = loaded;
  const sha256 = checks.sha256 ?? sha256Of(bytes);
  const records = checks.count ?? bytes.reduce((lines, byte) => lines + +(byte === NEWLINE), 0);
  return { key, sha256, records, body };
}
