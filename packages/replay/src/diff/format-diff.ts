import { type Json, safe } from "@step-log/core";
import type { Comparable } from "./comparable.ts";
import type { RunDiff, StepDiff } from "./diff.ts";
import type { Change } from "./json-changes.ts";

const MAX_LINES = 40;
const MAX_CHANGES = 5;
const MAX_CHARS = 80;

/**
 * Writes a difference as lines for a person, those of what is the same left out; safe to print,
 * whatever the logs hold. At most 40 lines, then how many more there are.
 */
export function formatDiff(diff: RunDiff): string {
  const { runIds, status, counts, tokens, durationMs, costUsd } = diff;
  const total = ({ input, output }: { input: number; output: number }) => input + output;
  const both = (name: string, a: unknown, b: unknown) =>
    `${name}: ${a}${a === b ? "" : ` -> ${b}`}`;
  const facts = [
    both("status", status.a ?? "not ended", status.b ?? "not ended"),
    both("tokens", total(tokens.a), total(tokens.b)),
    both("seconds", seconds(durationMs.a), seconds(durationMs.b)),
    ...(costUsd === null ? [] : [both("US dollars", costUsd.a ?? "?", costUsd.b ?? "?")]),
  ];
  const kinds = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    `--- ${safe(runIds.a)}`,
    `+++ ${safe(runIds.b)}`,
    facts.join(", "),
    kinds.map(([kind, count]) => `${count} ${kind}`).join(", "),
    ...diff.header.slice(0, MAX_CHANGES).map((change) => `  header ${changeText(change)}`),
    ...differenceLines(diff.steps),
  ].join("\n");
}

/** The steps that are not the same, a line each, and a line for each place that changed. */
export function differenceLines(steps: readonly StepDiffText[]): string[] {
  const lines = steps.flatMap(stepLines);
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), `… ${more} more lines`] : lines;
}

/** As much of a pair of steps as is written. */
export interface StepDiffText extends Pick<StepDiff, "kind" | "changes"> {
  readonly a: StepText | null;
  readonly b: StepText | null;
}

type StepText = Pick<Comparable, "type" | "name"> & {
  readonly number?: number;
  readonly record?: object;
  readonly values?: Comparable["values"];
};

const SIGNS = { same: " ", changed: "~", moved: "^", added: "+", dropped: "-" };

function stepLines({ kind, a, b, changes }: StepDiffText): string[] {
  if (kind === "same") return [];
  const step = b ?? a;
  const input = step === null ? undefined : inputOf(step);
  const given = changes.length > 0 || input === undefined ? "" : ` ${valueText(input)}`;
  const name = step === null ? "" : nameText(step);
  const moved = kind === "moved" ? " (moved)" : "";
  const more = changes.length - MAX_CHANGES;
  return [
    `${SIGNS[kind]} ${placeText(a, b)}${name}${moved}${given}`,
    ...changes.slice(0, MAX_CHANGES).map((change) => `    ${changeText(change)}`),
    ...(more > 0 ? [`    … ${more} more changes`] : []),
  ];
}

function inputOf({ record, values }: StepText): Json | undefined {
  const of: { readonly input?: Json; readonly data?: Json } = values ?? record ?? {};
  return of.input ?? of.data;
}

function placeText(a: StepText | null, b: StepText | null): string {
  const places = [a?.number, b?.number].filter((number) => number !== undefined);
  return places.length === 0 ? "" : `step ${[...new Set(places)].join(" -> ")} `;
}

function nameText({ type, name }: StepText): string {
  return cut(safe(name === null ? type : `${type} ${name}`));
}

function changeText({ path, a, b }: Change): string {
  return `${cut(safe(path))}: ${valueText(a)} -> ${valueText(b)}`;
}

function valueText(value: Json | undefined): string {
  if (value === undefined) return "(nothing)";
  try {
    return cut(safe(JSON.stringify(value)));
  } catch {
    return "(too deep)";
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function cut(text: string): string {
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS - 1)}…` : text;
}
