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
  let isDone = false;
  // What the source came to. It may say so before its last chunk has arrived here.
  let end: (() => void) | undefined;

  function ends(how: () => void): void {
    end ??= how;
    if (isReading || isDone) return;
    isDone = true;
    end();
  }

  function close(): void {
    observer.ended();
    controller?.close();
    // A read into a buffer of the consumer's own waits for an answer.
    if (controller !== undefined && "byobRequest" in controller) controller.byobRequest?.respond(0);
  }

  function fail(error: unknown): void {
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
      reader.closed.then(
        () => ends(close),
        (error) => ends(() => fail(error)),
      );
    },
    async pull() {
      isReading = true;
      try {
        const { done, value } = await reader.read();
        if (done) end ??= close;
        else pass(value);
      } catch (error) {
        end ??= () => fail(error);
      }
      isReading = false;
      if (end !== undefined) ends(end);
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
    controller.enqueue(new Uint8Array(chunk));
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
