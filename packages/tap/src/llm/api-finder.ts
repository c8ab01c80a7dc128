import type { LlmApi } from "./llm-api.ts";

// Agents call a few URLs over and over; others, as of tools, are mostly new ones.
const MAX_URLS = 64;

/** Finds the first API that takes a URL for its own, and remembers what it found. */
export function apiFinder(apis: readonly LlmApi[]): (url: string) => LlmApi | undefined {
  const known = new Map<string, LlmApi | undefined>();
  return (url) => {
    if (known.has(url)) return known.get(url);
    const target = URL.canParse(url) ? new URL(url) : undefined;
    const api = target && apis.find((each) => each.matches(target));
    if (known.size === MAX_URLS) known.clear();
    known.set(url, api);
    return api;
  };
}
