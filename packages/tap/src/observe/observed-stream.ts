/** Hears what a consumer reads. Each member must not throw; after an end there is nothing more. */
export interface BodyObserver {
  /** The next bytes, as they are handed on. They may be gone afterwards: copy what you need. */
  chunk(bytes: Uint8Array): void;
  /** All was read. */
  ended(): void;
  /** It broke off. */
  failed(error: unknown): void;
  /** The consumer wants no more. */
  cancelled(): void;
}

type Controller = ReadableStreamDefaultController<unknown> | ReadableByteStreamController;

/**
 * A stream that gives what `source` gives, chunk for chunk and when it is asked for it, no earlier. It
 * holds nothing itself, is a byte stream where the source is one, and hands cancelling and errors on.
 *
 * @throws TypeError where the source is locked.
 */
export function observedStream(source: ReadableStream, observer: BodyObserver): ReadableStream {
  const isBytes = isByteStream(source);
  const reader = source.getReader();
  let controller: Controller | undefined;
  let isReading = false;
  let isClosed = false;
  let isDone = false;

  function close(): void {
    isClosed = true;
    // The source is closed before its last chunk arrives.
    if (isReading || isDone || controller === undefined) return;
    isDone = true;
    observer.ended();
    controller.close();
    // A read into a buffer of the consumer's own waits for an answer.
    if ("byobRequest" in controller) controller.byobRequest?.respond(0);
  }

  function fail(error: unknown): void {
    if (isDone) return;
    isDone = true;
    observer.failed(error);
    controller?.error(error);
  }

  function pass(value: unknown): void {
    if (isDone) return;
    if (value instanceof Uint8Array) observer.chunk(value);
    enqueue(controller as ReadableByteStreamController, value as Uint8Array);
  }

  const underlying = {
    start(own: Controller) {
      controller = own;
      reader.closed.then(close, fail);
    },
    pull() {
      isReading = true;
      return reader.read().then(({ done, value }) => {
        isReading = false;
        if (!done) pass(value);
        if (done || isClosed) close();
      }, fail);
    },
    cancel(reason: unknown) {
      if (!isDone) observer.cancelled();
      isDone = true;
      return reader.cancel(reason);
    },
  };
  return isBytes
    ? new ReadableStream({ ...underlying, type: "bytes" }, { highWaterMark: 0 })
    : new ReadableStream(underlying, { highWaterMark: 0 });
}

function enqueue(controller: ReadableByteStreamController, chunk: Uint8Array): void {
  try {
    controller.enqueue(chunk);
  } catch {
    // Its memory cannot be handed over, as that of Node's pool.
    controller.enqueue(chunk.slice());
  }
}

function isByteStream(stream: ReadableStream): boolean {
  try {
    stream.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}
