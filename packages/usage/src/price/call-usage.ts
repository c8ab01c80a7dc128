import { countOf, fieldsOf, isCount, nameOf, type Untrusted } from "../untrusted.ts";
import type { Modality } from "./rates.ts";

/** What a call is charged for. */
export interface CallUsage {
  /** All tokens read, cached ones included. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** Part of `cacheWrite`. */
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number;
  /** Tokens that are no text, parts of the others; nothing where there are none, as a rule. */
  readonly modalities: readonly ModalityUsage[];
  readonly webSearches: number;
  /** As the provider calls it; `standard` where it does not say. */
  readonly serviceTier: string;
}

/** Tokens that are no text. */
export interface ModalityUsage {
  readonly modality: Modality;
  readonly input: number;
  readonly cacheRead: number;
  readonly output: number;
}

const NONE: readonly ModalityUsage[] = [];
const MODALITIES: readonly Modality[] = ["audio", "image", "video"];

/**
 * Reads what a call is charged for: the counts of the record, and out of the provider's own `usage` what
 * the record has no key for.
 *
 * @param needsOutput Whether output tokens must be known.
 */
export function callUsage(
  record: Untrusted,
  needsOutput: boolean,
): CallUsage | "no_usage" | "bad_usage" {
  const input = record["input_tokens"] ?? null;
  const output = record["output_tokens"] ?? (needsOutput ? null : 0);
  if (input === null || output === null) return "no_usage";
  const cacheRead = record["cache_read_tokens"] ?? 0;
  const cacheWrite = record["cache_write_tokens"] ?? 0;
  const reasoning = record["reasoning_tokens"] ?? 0;
  const areCounts = isCount(input) && isCount(output) && isCount(cacheRead) && isCount(cacheWrite);
  if (!areCounts || !isCount(reasoning) || cacheRead + cacheWrite > input) return "bad_usage";

  const raw = fieldsOf(record["usage"]);
  // Most records have none, and are priced in half the time where nothing is looked for in it.
  const isPlain = record["usage"] === undefined || record["usage"] === null;
  const modalities = isPlain ? NONE : modalitiesOf(raw);
  const cacheWrite1h = isPlain
    ? 0
    : countOf(fieldsOf(raw["cache_creation"])["ephemeral_1h_input_tokens"]);
  const sum = (count: (part: ModalityUsage) => number) =>
    modalities.reduce((total, part) => total + count(part), 0);
  const fits =
    isPlain ||
    (cacheWrite1h <= cacheWrite &&
      sum((part) => part.output) <= output &&
      sum((part) => part.cacheRead) <= cacheRead &&
      // Fails too where cached tokens must be of another modality, and nothing says how many.
      sum((part) => part.input - part.cacheRead) <= input - cacheRead - cacheWrite);
  if (!fits) return "bad_usage";
  return {
    input,
    cacheRead,
    cacheWrite,
    cacheWrite1h,
    output,
    reasoning: Math.min(reasoning, output),
    modalities,
    webSearches: isPlain ? 0 : countOf(fieldsOf(raw["server_tool_use"])["web_search_requests"]),
    serviceTier: serviceTierOf(raw, record),
  };
}

function serviceTierOf(raw: Untrusted, record: Untrusted): string {
  const tier = raw["service_tier"] ?? fieldsOf(record["tags"])["service_tier"];
  return nameOf(tier)?.toLowerCase() ?? "standard";
}

function modalitiesOf(raw: Untrusted): readonly ModalityUsage[] {
  const input = partsOf(
    raw,
    "prompt_tokens_details",
    "input_tokens_details",
    "promptTokensDetails",
  );
  const output = partsOf(
    raw,
    "completion_tokens_details",
    "output_tokens_details",
    "candidatesTokensDetails",
  );
  if (input === undefined && output === undefined) return NONE;
  const cached = fieldsOf(input?.["cached_tokens_details"] ?? raw["cacheTokensDetails"]);
  const all = MODALITIES.map((modality) => ({
    modality,
    input: countIn(input, modality),
    cacheRead: countIn(cached, modality),
    output: countIn(output, modality),
  }));
  return all.filter((it) => it.input + it.output > 0);
}

function partsOf(raw: Untrusted, ...keys: readonly string[]): Untrusted | undefined {
  const key = keys.find((it) => typeof raw[it] === "object" && raw[it] !== null);
  return key === undefined ? undefined : fieldsOf(raw[key]);
}

/** `{"audio_tokens":5}` of OpenAI, `[{"modality":"AUDIO","tokenCount":5}]` of Gemini. */
function countIn(parts: Untrusted | undefined, modality: Modality): number {
  if (parts === undefined) return 0;
  if (!Array.isArray(parts)) return countOf(parts[`${modality}_tokens`]);
  const part = parts.map(fieldsOf).find((it) => it["modality"] === modality.toUpperCase());
  return countOf(part?.["tokenCount"]);
}
