import type { StepRecord } from "@step-log/core";

// About 100 bytes each. The beginning of a step and its end are seldom further apart.
const MAX_REMEMBERED = 25_000;

/** Tells, of steps that are gone through from the last to the first, which have begun and not ended. */
export class UnendedStarts {
  // The last ends that were seen, and those before; the older ones are forgotten together.
  #ended = new Set<string>();
  #endedLater = new Set<string>();

  /** `false` for the beginning of a step whose end was seen before. */
  isNews(record: StepRecord): boolean {
    const key = `${record.step} ${record.writer ?? ""} ${record.run_id}`;
    if (record.type === "step_start") {
      return !this.#ended.delete(key) && !this.#endedLater.delete(key);
    }
    if (record.type === "tool_call" || record.type === "llm_call") this.#remember(key);
    return true;
  }

  #remember(key: string): void {
    this.#ended.add(key);
    if (this.#ended.size < MAX_REMEMBERED) return;
    this.#endedLater = this.#ended;
    this.#ended = new Set();
  }
}
