import type { StepRecord } from "@step-log/core";

/** Tells, of steps that are gone through from the last to the first, which have begun and not ended. */
export class UnendedStarts {
  readonly #ended = new Set<string>();

  /** `false` for the beginning of a step whose end was seen before. */
  isNews(record: StepRecord): boolean {
    const key = `${record.step} ${record.writer ?? ""} ${record.run_id}`;
    if (record.type === "step_start") return !this.#ended.delete(key);
    if (record.type === "tool_call" || record.type === "llm_call") this.#ended.add(key);
    return true;
  }
}
