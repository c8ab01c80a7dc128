import type { PartName } from "../part-key.ts";

/** Where a part lies: an object, or a stretch of a pack that `compact` made. */
export interface PartPlace {
  readonly key: string;
  /** Where it begins in the pack; none for an object of its own. */
  readonly offset?: number;
  /** Its size as it is stored, in bytes. */
  readonly size: number;
}

/** A part that is there to be read. */
export interface StoredPart {
  readonly name: PartName;
  readonly place: PartPlace;
  /** Where else it lies, should it be gone from there. */
  readonly packed?: PartPlace;
  /** What the pack's manifest knows of it. */
  readonly expected?: PartChecks;
  /** When it was stored, in milliseconds. */
  readonly storedAt: number | undefined;
}

/** What a part was when it was written; a foreign copy may have lost it. */
export interface PartChecks {
  /** SHA-256 of its lines, in hex. */
  readonly sha256: string | undefined;
  /** How many lines it has. */
  readonly count: number | undefined;
}

/** The parts of one run of one day. */
export interface RunParts {
  readonly day: string;
  readonly slug: string;
  readonly parts: readonly StoredPart[];
}
