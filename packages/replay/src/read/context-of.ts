import type { MutableStep } from "../run/mutable-step.ts";
import type { RunIndex } from "../run/run-index.ts";
import type { RunSteps } from "../run/run-steps.ts";
import type { StepContext } from "./step-context.ts";
import { type WireRequestBody, wireRequestBody } from "./wire-messages.ts";

/** Puts together how things stood when a step began. */
export function contextOf(step: MutableStep, steps: RunSteps, index: RunIndex): StepContext {
  const count = step.endedBefore;
  const [first = step] = steps.inOrder();
  return {
    step,
    totals: index.totals(count),
    toolCalls: index.toolCalls(count),
    elapsedMs: Math.max(0, Math.round((step.startedAt - first.startedAt) * 1e6) / 1e3),
    finished: () => steps.ended.slice(0, count),
    running: running(step, steps),
    inside: around(step, steps),
    lastError: steps.ended[index.lastFailed(count) ?? -1] ?? null,
    request: requestOf(step, steps),
  };
}

/** Steps that began before one and had not ended when it did. */
function running(step: MutableStep, steps: RunSteps): MutableStep[] {
  const found: MutableStep[] = [];
  for (const earlier of steps.inOrder()) {
    if (earlier === step) break;
    if (steps.wasRunning(earlier, step)) found.push(earlier);
  }
  return found;
}

function around(step: MutableStep, steps: RunSteps): MutableStep[] {
  const found: MutableStep[] = [];
  for (let at = steps.parentOf(step); at !== undefined; at = steps.parentOf(at)) found.push(at);
  return found;
}

function requestOf(step: MutableStep, steps: RunSteps): WireRequestBody | null {
  if (!steps.hasWireCalls) return null;
  const own = steps.wireCallsOf(step).at(-1);
  if (own !== undefined) return wireRequestBody(own);
  for (const outer of around(step, steps)) {
    const call = steps.wireCallsOf(outer).at(-1);
    if (call !== undefined) return wireRequestBody(call);
  }
  for (let place = step.endedBefore - 1; place >= 0; place--) {
    const earlier = steps.ended[place];
    const call = earlier && steps.wireCallsOf(earlier).at(-1);
    if (call !== undefined) return wireRequestBody(call);
  }
  return null;
}
