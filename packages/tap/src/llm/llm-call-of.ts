import type { LlmCall } from "@step-log/core";
import type { Exchange } from "../capture/exchange.ts";
import { noFacts } from "./llm-facts.ts";
import { providerOf } from "./provider.ts";

/** An ended exchange with the API of a model as what `StepLog` records. */
export function llmCallOf(exchange: Exchange): LlmCall {
  const { reading, attempt, firstTokenMs, target } = exchange;
  const facts = reading?.facts ?? noFacts(null);
  const model = facts.model ?? exchange.requestedModel;
  const { hasOutput: _, isComplete: __, error: ___, ...known } = facts;
  return {
    ...known,
    model,
    provider: providerOf(target?.host ?? "", model),
    attempt,
    timeToFirstTokenMs: firstTokenMs,
    error: errorOf(exchange),
  };
}

function errorOf({ error, outcome, response, reading }: Exchange): unknown {
  if (error !== undefined) return error;
  const said = reading?.facts.error ?? null;
  const status = response?.status ?? 0;
  if (status >= 400) return [`HTTP ${status}`, said].filter((part) => part !== null).join(", ");
  if (said !== null) return said;
  return outcome === "cancelled" ? "the response was left before its end" : null;
}
