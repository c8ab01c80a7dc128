/** What runs can be sorted by. */
export const SORT_KEYS = ["began", "duration", "steps", "errors", "tokens", "cost"] as const;

export type SortKey = (typeof SORT_KEYS)[number];
