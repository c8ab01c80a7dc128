/** Why a batch was not stored. */
export interface PostFailure {
  readonly reason: string;
  readonly cause?: unknown;
  /** No retry can change it: the endpoint refuses this very batch. */
  readonly final: boolean;
}

/** What a request needs, whatever the batch. */
export interface PostTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestTimeoutMs: number;
}

// Request Timeout, Too Early, Too Many Requests: the endpoint asks for another try.
const RETRIED_4XX = [408, 425, 429];

/** Posts a batch of lines once; resolves with `undefined` when the endpoint has stored it. */
export async function postBatch(
  { url, headers, requestTimeoutMs }: PostTarget,
  body: string,
  idempotencyKey: string,
): Promise<PostFailure | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        ...headers,
        "content-type": "application/x-ndjson",
        "idempotency-key": idempotencyKey,
      },
      body,
      redirect: "error", // fetch follows a 302 with a GET, which stores nothing and may say 200
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    const { status } = response;
    const final = status >= 400 && status < 500 && !RETRIED_4XX.includes(status);
    return { reason: `the endpoint answered ${status}`, final };
  } catch (cause) {
    return { reason: "the endpoint could not be reached", cause, final: false };
  }
}
