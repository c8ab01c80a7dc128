import type { BodyCopy } from "../capture/body-copy.ts";
import type { FetchInit, FetchInput } from "../fetch.ts";
import { observedStream } from "./observed-stream.ts";

/** What came of looking at the body of a request. */
export interface ObservedBody {
  /** What to call `fetch` with instead, where the body is a stream. */
  readonly init?: FetchInit;
  /** What `fetch` says of the body where no header does. */
  readonly type?: string | null;
  /** Settles when the copy is made, where that takes time. */
  readonly copied?: Promise<void>;
}

/**
 * Has `copy` get what a request sends, without changing that; `undefined` where there is no body. A
 * body of which nothing can be seen is left alone, and its copy never whole.
 */
export function observeRequestBody(
  input: FetchInput,
  init: FetchInit | undefined,
  copy: BodyCopy,
): ObservedBody | undefined {
  const body: unknown = init?.body ?? undefined;
  if (body === undefined) {
    if (!(input instanceof Request) || input.body === null || input.bodyUsed) return undefined;
    // The clone's half is read at once and given up when the copy is full, so what waits in the
    // other is no more than that.
    return { copied: drain(input.clone().body, copy) };
  }
  if (typeof body === "string") {
    copy.setText(body);
    return { type: "text/plain;charset=UTF-8" };
  }
  if (body instanceof URLSearchParams) {
    copy.setText(String(body));
    return { type: "application/x-www-form-urlencoded;charset=UTF-8" };
  }
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) {
    const view = ArrayBuffer.isView(body) ? body : new Uint8Array(body);
    copy.add(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    copy.isWhole = true;
    return {};
  }
  if (body instanceof Blob || body instanceof FormData) {
    // A form is encoded a second time: the same but for the boundary, which fetch makes up.
    const encoded = new Response(body);
    return { type: encoded.headers.get("content-type"), copied: drain(encoded.body, copy) };
  }
  if (body instanceof ReadableStream && !body.locked && isPlain(init)) {
    return { init: { ...init, body: observedStream(body, bodyObserver(copy)) } };
  }
  return {};
}

function bodyObserver(copy: BodyCopy) {
  return {
    chunk: (bytes: Uint8Array) => copy.add(bytes),
    ended: () => {
      copy.isWhole = true;
    },
    failed() {},
    cancelled() {},
  };
}

/** Reads a stream of our own until the copy is full. */
async function drain(stream: ReadableStream<Uint8Array> | null, copy: BodyCopy): Promise<void> {
  if (stream === null) return;
  const reader = stream.getReader();
  try {
    for (let isDone = false; !isDone; ) {
      const { done, value } = await reader.read();
      isDone = done;
      if (value !== undefined) copy.add(value);
      if (copy.isFull && !done) return await reader.cancel();
    }
    copy.isWhole = true;
  } catch {
    // The request fails of it, too, and says so.
  }
}

/** Whether a copy of the object has all that it has. */
function isPlain(init: object | undefined): init is object {
  const prototype = init && Object.getPrototypeOf(init);
  return prototype === Object.prototype || prototype === null;
}
