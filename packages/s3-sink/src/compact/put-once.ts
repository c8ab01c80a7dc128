import { isStepLogError } from "@step-log/core";
import { nodeCrypto } from "../lazy-builtins.ts";
import { getObject, type LoadOptions, withTimeFor } from "../read/load-part.ts";
import { retried } from "../read/retried.ts";
import { classifyError } from "../store/classify-error.ts";
import type { OpenStore } from "../store/open-store.ts";

/** A place in a bucket, and how to make requests to it. */
export type CompactStore = OpenStore & LoadOptions;

/**
 * Stores an object where there is none; says whether it is there, from this call or an earlier one
 * with the same bytes. `false`: somebody else's object has the key.
 *
 * In a store without conditions on writes this is no protection against another who does the same at
 * the same moment.
 *
 * @throws StepLogError `READ_FAILED`, `WRITE_FAILED`; the signal's reason.
 */
export async function putOnce(
  key: string,
  body: Buffer,
  contentType: string,
  place: CompactStore,
): Promise<boolean> {
  if (place.conditional) {
    const outcome = await tryToPut(key, body, contentType, place, true);
    if (outcome === "stored") return true;
    if (outcome === "taken") return isThere(key, body, place);
  }
  const found = await retried(`looking for ${key}`, place, (signal) =>
    place.store.head(key, { signal }),
  );
  if (found !== undefined) return isThere(key, body, place);
  await tryToPut(key, body, contentType, place, false);
  return true;
}

async function tryToPut(
  key: string,
  body: Buffer,
  contentType: string,
  place: CompactStore,
  ifNoneMatch: boolean,
): Promise<"stored" | "taken" | "unconditional"> {
  const contentMd5 = nodeCrypto().createHash("md5").update(body).digest("base64");
  const options = { contentType, metadata: {}, ifNoneMatch, ...(place.wantsMd5 && { contentMd5 }) };
  try {
    await retried(
      `writing ${key}`,
      withTimeFor(body.length, place),
      (signal) => place.store.put(key, body, { ...options, signal }),
      "WRITE_FAILED",
    );
    return "stored";
  } catch (error) {
    const verdict = isStepLogError(error) ? classifyError(error.cause) : undefined;
    if (verdict === "taken" || verdict === "unconditional") return verdict;
    throw error;
  }
}

/** Whether an object has just these bytes. */
async function isThere(key: string, body: Buffer, place: CompactStore): Promise<boolean> {
  const found = await retried(`looking for ${key}`, place, (signal) =>
    place.store.head(key, { signal }),
  );
  if (found?.size !== body.length) return false;
  return (await getObject({ key, size: body.length }, place)).body.equals(body);
}
