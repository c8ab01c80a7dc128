import type { StepTotals } from "@step-log/replay";
import { count, plural, usd } from "../output/figures.ts";

/** What steps came to, fact by fact: `2 model calls`, `1 error`, `4,100 tokens in, 852 out`, `$0.022`. */
export function totalsText(totals: StepTotals): readonly string[] {
  const { llmCalls, toolCalls, costUsd, unpricedCalls } = totals;
  const cost = costUsd === null ? [] : [`${usd(costUsd)}${unpricedCalls > 0 ? " and more" : ""}`];
  return [
    plural(llmCalls, "model call"),
    plural(toolCalls, "tool call"),
    errorsText(totals),
    ...(llmCalls === 0 ? [] : [tokensText(totals)]),
    ...cost,
  ];
}

export function errorsText({ errors }: StepTotals): string {
  return plural(errors, "error");
}

/** Input and output tokens, `null` where no call tells any. */
export function knownTokens({
  tokens,
  llmCalls,
  llmCallsWithoutUsage,
}: StepTotals): StepTotals["tokens"] | null {
  return llmCalls > 0 && llmCallsWithoutUsage === llmCalls ? null : tokens;
}

function tokensText(totals: StepTotals): string {
  const tokens = knownTokens(totals);
  if (tokens === null) return "tokens not known";
  return `${count(tokens.input)} tokens in, ${count(tokens.output)} out`;
}
