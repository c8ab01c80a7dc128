import type { ObjectInfo, ObjectStore } from "../object-store.ts";
import { type RequestOptions, retried } from "./retried.ts";

/** What listing needs. */
export interface ListingOptions extends RequestOptions {
  readonly store: ObjectStore;
}

// What S3 gives at most.
const PAGE_KEYS = 1000;

/** The next keys behind one, at most `limit`. */
export async function listPage(
  prefix: string,
  options: ListingOptions & { readonly startAfter?: string; readonly limit?: number },
): Promise<ObjectInfo[]> {
  const { store, startAfter, limit = PAGE_KEYS } = options;
  return retried(`listing ${prefix}`, options, async (signal) => {
    const found: ObjectInfo[] = [];
    const behind = startAfter === undefined ? {} : { startAfter };
    for await (const object of store.list(prefix, { ...behind, limit, signal })) {
      found.push(object);
      if (found.length >= limit) break;
    }
    return found;
  });
}

/** All objects below a prefix, a page at a time, so that a page that fails is all that is got again. */
export async function* listAll(
  prefix: string,
  options: ListingOptions & { readonly startAfter?: string },
): AsyncGenerator<ObjectInfo, void, void> {
  let startAfter = options.startAfter;
  for (;;) {
    const behind = startAfter === undefined ? {} : { startAfter };
    const page = await listPage(prefix, { ...options, ...behind });
    yield* page;
    if (page.length < PAGE_KEYS) return;
    startAfter = page.at(-1)?.key;
  }
}
