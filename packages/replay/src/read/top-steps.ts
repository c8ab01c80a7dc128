import type { ReplayStep } from "../run/replay-step.ts";

/** The steps of which a measure is largest, largest first; those without one are in none. */
export function topSteps(
  steps: readonly ReplayStep[],
  count: number,
  measure: (step: ReplayStep) => number | null,
): ReplayStep[] {
  const top: { readonly step: ReplayStep; readonly value: number }[] = [];
  for (const step of steps) {
    const value = measure(step);
    if (value === null || (top.length >= count && value <= (top.at(-1)?.value ?? 0))) continue;
    const place = top.findLastIndex((other) => other.value >= value) + 1;
    top.splice(place, 0, { step, value });
    if (top.length > count) top.pop();
  }
  return top.map(({ step }) => step);
}
