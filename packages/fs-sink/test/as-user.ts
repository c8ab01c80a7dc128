// "nobody", on every system.
const NOBODY = 65_534;

/**
 * Runs `work` as one to whom permissions apply: for root as another user, else as who we are.
 *
 * Whatever `work` is to reach must belong to that user: `USER`.
 */
export function asUser<T>(work: () => T): T {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

/** Who `asUser` works as. */
export const USER: number = process.geteuid?.() === 0 ? NOBODY : (process.geteuid?.() ?? 0);
