import type { LlmApi } from "./llm-api.ts";

/** What a URL leads to. */
export interface LlmTarget {
  readonly api: LlmApi;
  readonly host: string;
  /** The model that the URL names, where it does. */
  readonly model: string | null;
}

// Agents call a few URLs over and over; others, as of tools, are mostly new ones.
const MAX_URLS = 64;

/** Finds the first API that takes a URL for its own, and remembers what it found. */
export function apiFinder(apis: readonly LlmApi[]): (url: string) => LlmTarget | undefined {
  const known = new Map<string, LlmTarget | undefined>();

  function find(url: string): LlmTarget | undefined {
    if (!URL.canParse(url)) return undefined;
    const target = new URL(url);
    const api = apis.find((each) => each.matches(target));
    return api && { api, host: target.hostname, model: api.modelIn?.(target) ?? null };
  }

  return (url) => {
    if (known.has(url)) return known.get(url);
    const found = find(url);
    if (known.size === MAX_URLS) known.clear();
    known.set(url, found);
    return found;
  };
}
