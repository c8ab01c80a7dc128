import type { StepLog } from "@step-log/core";
import type { Exchange } from "../capture/exchange.ts";
import { llmCallOf } from "./llm-call-of.ts";
import { providerOf } from "./provider.ts";

/** What `recordInto` needs of a `StepLog`. */
export type LlmLog = Pick<StepLog, "llm" | "runId">;

/**
 * Begins an `llm_call` for an exchange, and links the exchange to it; the function that it gives ends
 * it. The record is there before the consumer hears that the response has ended.
 */
export function beginLlmCall(log: LlmLog, exchange: Exchange): () => void {
  const model = exchange.requestedModel;
  const provider = providerOf(exchange.target?.host ?? "", model);
  let end = (): void => {};
  const running = log.llm(
    ({ step }) => {
      exchange.link = { parentStep: step, ...exchange.link };
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    },
    { model, provider, read: () => llmCallOf(exchange) },
  );
  running.catch(() => {});
  return end;
}
