import { isCount, type Untrusted } from "../untrusted.ts";

/** How the input of a run grew from turn to turn; a turn is a call that ended without an error. */
export interface InputGrowth {
  /** Turns whose input tokens are known. */
  readonly turns: number;
  /** Input tokens of the first turn, `null` where there is none. */
  readonly firstTokens: number | null;
  /** Of the last. */
  readonly lastTokens: number | null;
  /** Of the largest. */
  readonly maxTokens: number | null;
  /** By how many tokens the input grew from one turn to the next, a straight line laid through all turns. */
  readonly tokensPerTurn: number | null;
  /**
   * Input tokens that the turn before had sent as well: of each turn as many as the smaller of the two
   * has. So near `tokens.input` where a run sends its whole history again each time, and paid for again
   * as far as the cache does not hold it.
   */
  readonly resentTokens: number;
}

/** Follows the input of a run, in a fixed amount of memory. */
export class InputGrowthTally {
  #turns = 0;
  #first = 0;
  #last = 0;
  #max = 0;
  #sum = 0;
  // Of turn × tokens, turns counted from 0.
  #products = 0;
  #resent = 0;

  add(record: Untrusted): void {
    const tokens = record["input_tokens"];
    if ((record["error"] ?? null) !== null || !isCount(tokens)) return;
    if (this.#turns === 0) this.#first = tokens;
    else this.#resent += Math.min(this.#last, tokens);
    this.#products += this.#turns * tokens;
    this.#sum += tokens;
    this.#last = tokens;
    this.#max = Math.max(this.#max, tokens);
    this.#turns += 1;
  }

  growth(): InputGrowth {
    const n = this.#turns;
    const known = n > 0;
    // Least squares, with the turns 0 to n - 1: their mean is (n - 1) / 2, their spread n (n² - 1) / 12.
    const slope = (this.#products - ((n - 1) / 2) * this.#sum) / ((n * (n * n - 1)) / 12);
    return {
      turns: n,
      firstTokens: known ? this.#first : null,
      lastTokens: known ? this.#last : null,
      maxTokens: known ? this.#max : null,
      tokensPerTurn: n > 1 ? slope : null,
      resentTokens: this.#resent,
    };
  }
}
