import type { CostFunction } from "@step-log/replay";
import type { LogItem } from "../locations/log-item.ts";
import { field, numberField, textField } from "../show/fields.ts";
import { tokensOf } from "../show/step-facts.ts";
import { priceOf } from "../show/step-lines.ts";
import { knownTime } from "../show/times.ts";

/** What a run came to, in a row of the list of runs. */
export interface RunOverview {
  readonly agent: string | null;
  /** `null` where it has not ended, as far as the log goes. */
  readonly status: string | null;
  readonly steps: number;
  readonly errors: number;
  /** `null` where no call tells any. */
  readonly tokens: number | null;
  /** US dollars of the calls whose price is known, `null` where it is known of none. */
  readonly costUsd: number | null;
  /** `null` where times are not known. */
  readonly durationMs: number | null;
}

/** Counts what a run came to, record by record. */
export class OverviewTally {
  #agent: string | null = null;
  #status: string | null = null;
  #steps = 0;
  #errors = 0;
  #tokens: number | null = null;
  #usd: number | null = null;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  add(record: LogItem, costOf: CostFunction): void {
    if (record.type === "bad_line" || typeof record.ts !== "number") return;
    const tookMs = numberField(record, "duration_ms") ?? 0;
    this.#first = Math.min(this.#first, record.ts - tookMs / 1000);
    this.#last = Math.max(this.#last, record.ts);
    switch (record.type) {
      case "run_start": {
        const agent = field(record, "agent");
        if (typeof agent === "object" && agent !== null) this.#agent = textField(agent, "name");
        break;
      }
      case "run_end":
        this.#status = textField(record, "status");
        break;
      case "llm_call":
        this.#tokens = sum(this.#tokens, tokensOf({ type: record.type, record }));
        this.#usd = sum(this.#usd, priceOf(record, costOf));
        this.#count(record);
        break;
      case "tool_call":
      case "event":
        this.#count(record);
    }
  }

  overview(): RunOverview {
    const hasTimes = Number.isFinite(this.#first) && knownTime(this.#last) !== null;
    return {
      agent: this.#agent,
      status: this.#status,
      steps: this.#steps,
      errors: this.#errors,
      tokens: this.#tokens,
      costUsd: this.#usd,
      durationMs: hasTimes ? Math.max(0, 1000 * (this.#last - this.#first)) : null,
    };
  }

  #count(record: object): void {
    this.#steps++;
    if ((field(record, "error") ?? null) !== null) this.#errors++;
  }
}

/** The sum of what is known. */
function sum(a: number | null, b: number | null): number | null {
  return b === null ? a : (a ?? 0) + b;
}
