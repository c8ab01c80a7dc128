/** What stands where a secret stood: `[REDACTED:jwt]`. No character of it is escaped in JSON. */
export function marker(kind: string): string {
  return `[REDACTED:${kind}]`;
}

/** A value in which nothing is left to replace: `[REDACTED:jwt]`, `Bearer [REDACTED:bearer]`. */
export const REDACTED: RegExp = /^(?:\w+ )?\[REDACTED:[\w-]+\]$/;
