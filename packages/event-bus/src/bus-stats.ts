/** How one subscriber stands. */
export interface SubscriberStats {
  readonly pattern: string;
  /** Events that its listener was called with. */
  readonly delivered: number;
  /** Events that it did not get, because its queue was full. */
  readonly dropped: number;
  /** How often its listener threw or rejected. */
  readonly failed: number;
  /** Events that wait for it. */
  readonly queued: number;
  /** How long it has been busy with one event, in ms; `null` while it is not. */
  readonly busyMs: number | null;
}

/** How a bus stands. */
export interface BusStats {
  /** Events that were emitted while somebody listened, or while they were kept for `replay`. */
  readonly emitted: number;
  /** Sums over all subscribers, also those that are gone. */
  readonly delivered: number;
  readonly dropped: number;
  readonly failed: number;
  /** Those that there are. */
  readonly subscribers: readonly SubscriberStats[];
}
