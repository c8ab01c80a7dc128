import type { Json } from "@step-log/core";
import type { ReplayStep, RunDiff, StepDiff } from "@step-log/replay";

/** A difference for other programs, keys in snake_case; of steps that are the same their number alone. */
export function diffJson(diff: RunDiff): Json {
  const { runIds, same, firstDivergence, steps, counts, tools, header, status, tokens } = diff;
  return {
    run_ids: { ...runIds },
    same,
    first_divergence: firstDivergence === null ? null : stepJson(firstDivergence),
    counts: { ...counts },
    tools: { ...tools },
    header: header.map(changeJson),
    status: { ...status },
    input_tokens: { a: tokens.a.input, b: tokens.b.input },
    output_tokens: { a: tokens.a.output, b: tokens.b.output },
    duration_ms: { ...diff.durationMs },
    cost_usd: { a: diff.costUsd?.a ?? null, b: diff.costUsd?.b ?? null },
    steps: steps.filter(({ kind }) => kind !== "same").map(stepJson),
  };
}

function stepJson({ kind, a, b, changes }: StepDiff): Json {
  return { kind, a: sideJson(a), b: sideJson(b), changes: changes.map(changeJson) };
}

function sideJson(step: ReplayStep | null): Json {
  return step === null
    ? null
    : { step: step.number, type: step.type, name: step.name, state: step.state };
}

function changeJson({ path, a, b }: StepDiff["changes"][number]): Json {
  return { path, a: a ?? null, b: b ?? null };
}
