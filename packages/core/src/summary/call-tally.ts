import { DurationSeries } from "./duration-series.ts";
import type { ModelSummary, TokenCounts, ToolSummary } from "./summary.ts";
import { countOf, isCount, type UntrustedRecord } from "./untrusted-record.ts";

/** Sums up calls: all of one kind, or those of one model or tool. */
export class CallTally {
  calls = 0;
  readonly #durations: DurationSeries = new DurationSeries();
  readonly #tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
  #errors = 0;
  #callsWithoutUsage = 0;

  add({ error, duration_ms }: UntrustedRecord): this {
    this.calls += 1;
    if (error !== null && error !== undefined) this.#errors += 1;
    this.#durations.add(duration_ms);
    return this;
  }

  addUsage(record: UntrustedRecord): void {
    const { input_tokens, output_tokens } = record;
    if (!isCount(input_tokens) && !isCount(output_tokens)) this.#callsWithoutUsage += 1;
    this.#addTokens({
      input: countOf(input_tokens),
      output: countOf(output_tokens),
      cacheRead: countOf(record.cache_read_tokens),
      cacheWrite: countOf(record.cache_write_tokens),
      reasoning: countOf(record.reasoning_tokens),
    });
  }

  merge(other: CallTally): void {
    this.calls += other.calls;
    this.#errors += other.#errors;
    this.#callsWithoutUsage += other.#callsWithoutUsage;
    this.#durations.merge(other.#durations);
    this.#addTokens(other.#tokens);
  }

  toolSummary(): ToolSummary {
    return { calls: this.calls, errors: this.#errors, durationMs: this.#durations.percentiles() };
  }

  modelSummary(): ModelSummary {
    return {
      ...this.toolSummary(),
      callsWithoutUsage: this.#callsWithoutUsage,
      tokens: { ...this.#tokens },
    };
  }

  #addTokens({ input, output, cacheRead, cacheWrite, reasoning }: TokenCounts): void {
    this.#tokens.input += input;
    this.#tokens.output += output;
    this.#tokens.cacheRead += cacheRead;
    this.#tokens.cacheWrite += cacheWrite;
    this.#tokens.reasoning += reasoning;
  }
}
