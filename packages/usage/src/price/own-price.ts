/** US dollars for a million tokens. */
export interface UsdPerMTok {
  readonly input: number;
  readonly output: number;
  /** Default: `input`. */
  readonly cacheRead?: number;
  /** Default: `input`. */
  readonly cacheWrite?: number;
  /** What is kept for an hour. Default: `cacheWrite`. */
  readonly cacheWrite1h?: number;
  /** Default: `output`. */
  readonly reasoning?: number;
  /** Default: `input`. */
  readonly inputAudio?: number;
  /** Default: `output`. */
  readonly outputAudio?: number;
}

/** A price of one's own, which goes before the list: a model of one's own, or a contract. */
export interface OwnPrice {
  /** The model as records name it, whatever the case; `*` stands for any text: `acme/*`. */
  readonly model: string;
  /** The provider as records name it, `*` too. Default: any, also none. */
  readonly provider?: string;
  /** From this day on, UTC: `2026-01-01`. Default: ever since. */
  readonly from?: string;
  /** Before this day. Default: for good. */
  readonly until?: string;
  readonly usdPerMTok: UsdPerMTok;
  /** Rates of calls with more than so many input tokens, for all of their tokens; what is left out stays. */
  readonly tiers?: readonly {
    readonly aboveInputTokens: number;
    readonly usdPerMTok: Partial<UsdPerMTok>;
  }[];
  /** Factors by service tier: `{ batch: 0.5 }`. Default: `standard` and its like alone, at 1. */
  readonly serviceTiers?: Readonly<Record<string, number>>;
  /** US dollars for each call. Default: 0. */
  readonly usdPerCall?: number;
}
