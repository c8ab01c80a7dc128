import { isStepLogError } from "@step-log/core";
import { ObjectStoreError } from "../object-store-error.ts";
import { classifyError, failureFacts } from "../store/classify-error.ts";
import type { OpenStore } from "../store/open-store.ts";
import { timed } from "../store/timed.ts";
import type { Packed } from "./pack.ts";
import type { Part } from "./part.ts";

/** What is learnt about a store while it is used. */
export interface StoreMode {
  /** Whether it can be told to overwrite nothing. */
  conditional: boolean;
}

/** What became of one try. */
export type Outcome =
  | { readonly kind: "stored" }
  /** Somebody else's object has the key. */
  | { readonly kind: "key taken"; readonly error: unknown }
  | {
      readonly kind: "again" | "busy" | "parked" | "bad";
      readonly error: unknown;
      readonly retryAfterMs: number;
    };

/** What every part says of itself, so that readers can check it. */
function partMetadata(part: Part, packed: Packed): Readonly<Record<string, string>> {
  return {
    "sl-format": "1",
    "sl-sha256": packed.sha256,
    "sl-count": String(part.lines.count),
  };
}

/**
 * Tries once to store a part, and finds out what became of it. Sending the same part any number of
 * times stores it once: its key and its content are fixed. Never rejects.
 */
export async function putPart(
  part: Part,
  packed: Packed,
  place: OpenStore,
  mode: StoreMode,
  tags: Readonly<Record<string, string>> | undefined,
): Promise<Outcome> {
  const key = part.key(place.prefix);
  const conditional = mode.conditional;
  try {
    await timed(place.requestTimeoutMs, (signal) =>
      place.store.put(key, packed.body, {
        contentType: "application/x-ndjson",
        metadata: partMetadata(part, packed),
        signal,
        ...(conditional && { ifNoneMatch: true }),
        ...(packed.md5 !== undefined && { contentMd5: packed.md5 }),
        ...(tags !== undefined && { tags }),
      }),
    );
    return { kind: "stored" };
  } catch (error) {
    if (conditional && classifyError(error) === "unconditional") {
      // Safe all the same: the key is nobody else's, and the content the same each time.
      mode.conditional = false;
      const outcome = await putPart(part, packed, place, mode, tags);
      // It was something else that is not to be had.
      if (outcome.kind === "parked") mode.conditional = true;
      return outcome;
    }
    if (classifyError(error) === "taken" && conditional) {
      if (wasResent(error)) part.maybeStored = true;
      return whoseObject(part, packed, key, place, error);
    }
    const outcome = failed(error);
    if (isAmbiguous(error)) part.maybeStored = true;
    return outcome;
  }
}

/** An object of our key is there: from an earlier try of ours, whose answer was lost, or not ours. */
async function whoseObject(
  part: Part,
  packed: Packed,
  key: string,
  { store, requestTimeoutMs }: OpenStore,
  taken: unknown,
): Promise<Outcome> {
  try {
    const found = await timed(requestTimeoutMs, (signal) => store.head(key, { signal }));
    // Deleted meanwhile.
    if (found === undefined) return { kind: "again", error: taken, retryAfterMs: 0 };
    const sha256 = found.metadata?.["sl-sha256"];
    // A store that gives no metadata back leaves the size to go by.
    const isOurs =
      sha256 === undefined ? found.size === packed.body.length : sha256 === packed.sha256;
    return isOurs ? { kind: "stored" } : { kind: "key taken", error: taken };
  } catch (error) {
    // Allowed to write and not to read: who may have stored it already, has.
    if (failureFacts(error).status === 403) {
      return part.maybeStored ? { kind: "stored" } : { kind: "key taken", error: taken };
    }
    return failed(error);
  }
}

function failed(error: unknown): Outcome {
  const verdict = classifyError(error);
  const retryAfterMs = error instanceof ObjectStoreError ? (error.retryAfterMs ?? 0) : 0;
  switch (verdict) {
    case "busy":
      return { kind: "busy", error, retryAfterMs };
    // A 412 that was not asked for is some gateway's; nothing was stored.
    case "taken":
    case "retry":
      return { kind: "again", error, retryAfterMs };
    case "bad":
      return { kind: "bad", error, retryAfterMs };
    default:
      return { kind: "parked", error, retryAfterMs };
  }
}

/** Whether the store may have done what was asked, though it did not say so. */
function isAmbiguous(error: unknown): boolean {
  if (isStepLogError(error)) return false;
  const { status } = failureFacts(error);
  return status === undefined || status >= 500 || wasResent(error);
}

function wasResent(error: unknown): boolean {
  return error instanceof ObjectStoreError && error.resent;
}
