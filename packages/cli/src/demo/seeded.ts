/** Numbers that look random and are the same each time. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  of<T>(choices: readonly [T, ...T[]] | readonly T[]): T;
}

/** Mulberry32, by Tommy Ettinger: 32 bits of state, good enough to make examples look alive. */
export function seeded(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
    of: (choices) => choices[Math.floor(next() * choices.length)] as (typeof choices)[number],
  };
}
