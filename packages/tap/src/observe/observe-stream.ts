import { type BodyObserver, observedStream } from "./observed-stream.ts";

type Reader = ReadableStreamDefaultReader<unknown> | ReadableStreamBYOBReader;

/** How far the reading of a stream has come. */
interface Reading {
  /** One for each tap that the call goes through. */
  readonly observers: BodyObserver[];
  /** Reads that are not answered. */
  pending: number;
  /** What the stream came to; it may say so before its last chunk has arrived. */
  end: ((observer: BodyObserver) => void) | undefined;
  isDone: boolean;
}

const readings = new WeakMap<object, Reading>();
const released = new WeakSet<object>();

/**
 * Has `observer` hear of what is read of a stream, which stays the same object: its readers are the
 * native ones, and their answers are looked at on their way. It costs no second stream, but where the
 * stream is teed or piped.
 *
 * What the runtime reads without asking the stream for a reader is not seen.
 */
export function observeStream(stream: ReadableStream, observer: BodyObserver): void {
  const known = readings.get(stream);
  if (known !== undefined) return void known.observers.push(observer);
  Object.setPrototypeOf(stream, STREAM);
  readings.set(stream, { observers: [observer], pending: 0, end: undefined, isDone: false });
}

const { getReader, cancel, tee, pipeTo, pipeThrough } = ReadableStream.prototype;

const STREAM: object = over(ReadableStream.prototype, {
  getReader(this: ReadableStream, ...options: []) {
    const reader: Reader = getReader.apply(this, options);
    const reading = readings.get(this);
    if (reading !== undefined && !reading.isDone) watch(reader, reading);
    return reader;
  },
  cancel(this: ReadableStream, reason?: unknown) {
    if (!this.locked) leave(readings.get(this));
    return cancel.call(this, reason);
  },
  tee(this: ReadableStream) {
    return tee.call(passing(this));
  },
  pipeTo(this: ReadableStream, ...args: Parameters<typeof pipeTo>) {
    return pipeTo.apply(passing(this), args);
  },
  pipeThrough(this: ReadableStream, ...args: Parameters<typeof pipeThrough>) {
    return pipeThrough.apply(passing(this), args);
  },
  values,
  [Symbol.asyncIterator]: values,
});

const DEFAULT_READER = readerOver(ReadableStreamDefaultReader.prototype);
// Some browsers have none.
const BYOB_READER =
  typeof ReadableStreamBYOBReader === "undefined"
    ? undefined
    : readerOver(ReadableStreamBYOBReader.prototype);

function readerOver(native: Reader): object {
  const { read, cancel, releaseLock } = native;
  return over(native, {
    read(this: Reader, ...args: unknown[]) {
      const answer: ReturnType<Reader["read"]> = Reflect.apply(read, this, args);
      const reading = readings.get(this);
      if (reading === undefined || reading.isDone) return answer;
      reading.pending++;
      return answer.then(
        (result) => {
          reading.pending--;
          if (!reading.isDone && result.value instanceof Uint8Array && result.value.length > 0) {
            for (const observer of reading.observers) observer.chunk(result.value);
          }
          settle(reading, result.done ? (observer) => observer.ended() : undefined);
          return result;
        },
        (error) => {
          reading.pending--;
          const isLeft = released.has(this);
          settle(reading, isLeft ? undefined : (observer) => observer.failed(error));
          throw error;
        },
      );
    },
    cancel(this: Reader, reason?: unknown) {
      if (!released.has(this)) leave(readings.get(this));
      return cancel.call(this, reason);
    },
    releaseLock(this: Reader) {
      released.add(this);
      return releaseLock.call(this);
    },
  });
}

function watch(reader: Reader, reading: Reading): void {
  const isByob = BYOB_READER !== undefined && reader instanceof ReadableStreamBYOBReader;
  readings.set(Object.setPrototypeOf(reader, isByob ? BYOB_READER : DEFAULT_READER), reading);
  // The end is told by this at once, also to who reads no more.
  reader.closed.then(
    () => settle(reading, (observer) => observer.ended()),
    (error) => {
      if (!released.has(reader)) settle(reading, (observer) => observer.failed(error));
    },
  );
}

function settle(reading: Reading, end: Reading["end"]): void {
  reading.end ??= end;
  if (reading.end === undefined || reading.pending > 0 || reading.isDone) return;
  reading.isDone = true;
  for (const observer of reading.observers) reading.end(observer);
}

function leave(reading: Reading | undefined): void {
  if (reading === undefined || reading.isDone) return;
  reading.isDone = true;
  for (const observer of reading.observers) observer.cancelled();
}

/** What the runtime can read by itself: a second stream, over a reader that is looked at. */
function passing(stream: ReadableStream): ReadableStream {
  return observedStream(stream, { chunk() {}, ended() {}, failed() {}, cancelled() {} });
}

const ASYNC_ITERATOR: object = Object.getPrototypeOf(
  Object.getPrototypeOf((async function* () {})()),
);

/** Iterates as the native one does (Streams Standard, "Asynchronous iteration"). */
function values(this: ReadableStream, options: { preventCancel?: boolean } = {}) {
  const preventCancel = Boolean(options?.preventCancel);
  const reader = this.getReader();
  let isOver = false;

  function leaveReader(): void {
    isOver = true;
    reader.releaseLock();
  }

  return Object.setPrototypeOf(
    {
      async next() {
        if (isOver) return { done: true, value: undefined };
        try {
          const result = await reader.read();
          if (result.done && !isOver) leaveReader();
          return result;
        } catch (error) {
          if (!isOver) leaveReader();
          throw error;
        }
      },
      async return(value: unknown) {
        if (isOver) return { done: true, value };
        const left = preventCancel ? undefined : reader.cancel(value);
        leaveReader();
        await left;
        return { done: true, value };
      },
    },
    ASYNC_ITERATOR,
  );
}

/** A prototype between an object and its class, with members in the place of native ones. */
function over(native: object, members: object): object {
  const descriptors = Object.getOwnPropertyDescriptors(members);
  for (const [name, descriptor] of Object.entries(descriptors)) {
    const { enumerable = false } = Object.getOwnPropertyDescriptor(native, name) ?? {};
    Object.assign(descriptor, { enumerable });
  }
  return Object.create(native, descriptors);
}
