/** A file of a log. */
export interface FsLogFile {
  readonly path: string;
  /** Its size, packed as it is. */
  readonly bytes: number;
  /** Unix seconds of its last change. */
  readonly changedAt: number;
  /** What files of one log have in common: the name of the shared file, or of a run, without ending. */
  readonly stem: string;
  /** Whether writers may append to it, as opposed to one that was put aside or packed. */
  readonly isInUse: boolean;
}
