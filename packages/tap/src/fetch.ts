/** A function like the global `fetch`. */
export type Fetch = typeof globalThis.fetch;

/** What `fetch` is called with first: a text, a `URL`, a `Request`. */
export type FetchInput = Parameters<Fetch>[0];

/** What `fetch` is called with second. */
export type FetchInit = NonNullable<Parameters<Fetch>[1]>;
