/** How runs end; `running` where one has not and its last record is new, else `unfinished`. */
export const RUN_STATES = ["ok", "error", "cancelled", "running", "unfinished"] as const;

export type RunState = (typeof RUN_STATES)[number];
