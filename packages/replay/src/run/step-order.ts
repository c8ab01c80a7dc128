import type { MutableStep } from "./mutable-step.ts";

/**
 * Puts steps into the order in which they began. Numbers tell it for one writer, whatever its clock
 * says; between writers only times do, as far as their clocks agree.
 */
export function inOrder(steps: readonly MutableStep[]): MutableStep[] {
  const sorted = steps.toSorted((a, b) => a.chain - b.chain || a.number - b.number);
  const begins = new Map<MutableStep, number>();
  let previous: MutableStep | undefined;
  let latest = 0;
  for (const step of sorted) {
    latest = previous?.chain === step.chain ? Math.max(latest, step.startedAt) : step.startedAt;
    begins.set(step, latest);
    previous = step;
  }
  // Sorting is stable, so that steps of one writer stay as they are where times are the same.
  return previous === undefined || previous.chain === sorted[0]?.chain
    ? sorted
    : sorted.sort((a, b) => (begins.get(a) ?? 0) - (begins.get(b) ?? 0));
}
