import { between } from "./foreign.ts";
import type { ImportedRun } from "./imported-run.ts";

/** A call of a tool that the model asked for. */
export interface PendingCall {
  readonly step: number;
  readonly tool: string;
  readonly input: unknown;
  readonly ts: number | null;
}

/** What came of a call. */
export interface CallResult {
  readonly tool?: string | null;
  readonly output: unknown;
  readonly error: string | null;
  /** Default: the time between the asking and the answer. */
  readonly durationMs?: number | null;
}

// Agents ask for some dozens at once. What is left behind beyond this is given up as unanswered.
const MAX_PENDING = 10_000;

/** Brings the calls of a run that a model asked for together with their results, by their ids. */
export class PendingCalls {
  readonly #run: ImportedRun;
  readonly #calls = new Map<string, PendingCall>();

  constructor(run: ImportedRun) {
    this.#run = run;
  }

  /** The model asks; the call has its number from here on. */
  ask(ts: number | null, id: string, tool: string, input: unknown): void {
    if (this.#calls.has(id)) return; // the same response once more
    this.#calls.set(id, { step: this.#run.nextStep(), tool, input, ts });
    if (this.#calls.size <= MAX_PENDING) return;
    for (const [oldest, call] of this.#calls) {
      this.#unanswered(oldest, call);
      break;
    }
  }

  /** The result is there; of a call that nobody asked for, what is known is recorded all the same. */
  answer(ts: number | null, id: string, result: CallResult): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    const { output, error, tool, durationMs = between(call?.ts ?? null, ts) } = result;
    this.#run.toolCall(
      ts,
      {
        tool: call?.tool ?? tool ?? "unknown",
        tool_call_id: id,
        input: call?.input,
        output,
        error,
        duration_ms: durationMs,
      },
      call?.step,
    );
  }

  /** The call that awaits its result under this id. */
  get(id: string): PendingCall | undefined {
    return this.#calls.get(id);
  }

  /** A call that awaits its result and is as `isWanted` says, the latest first. */
  find(isWanted: (call: PendingCall) => boolean): PendingCall | undefined {
    return [...this.#calls.values()].findLast(isWanted);
  }

  /** What was never answered is recorded as begun. */
  end(): void {
    for (const [id, call] of this.#calls) this.#unanswered(id, call);
  }

  #unanswered(id: string, { step, tool, input, ts }: PendingCall): void {
    this.#calls.delete(id);
    this.#run.toolStart(ts, { tool, tool_call_id: id, input }, step);
  }
}
