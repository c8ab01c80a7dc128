import {
  type Entry,
  errorListeners,
  type FlushOptions,
  lossLedger,
  type Sink,
  StepLogError,
  type StepLogErrorCode,
  waitFor,
} from "@step-log/core";
import { fullJitter } from "./full-jitter.ts";
import { postBatch } from "./post-batch.ts";

/** Options of `httpSink`. */
export interface HttpSinkOptions {
  /** Where batches are posted to, as JSONL. */
  readonly url: string;
  /** Headers of each request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Most bytes of one batch; a longer line goes alone. Default: 1 MiB. */
  readonly batchBytes?: number;
  /** Beyond this many waiting bytes, new entries are dropped and counted. Default: 64 MiB. */
  readonly maxQueueBytes?: number;
  /** How long one request may take, in milliseconds. Default: 10,000. */
  readonly requestTimeoutMs?: number;
  /** The first retry comes within this many milliseconds, the next within twice as many. Default: 200. */
  readonly retryMs?: number;
}

/**
 * Posts entries to an HTTP endpoint, in order, again and again until it takes them.
 *
 * While one batch is on its way, the next one gathers. A batch keeps its `idempotency-key` through
 * all retries, so that an endpoint whose answer was lost can tell that it has it. `flush` resolves
 * when the endpoint has answered 2xx for everything.
 */
export function httpSink(options: HttpSinkOptions): Sink {
  const { url, headers = {}, requestTimeoutMs = 10_000, retryMs = 200 } = options;
  const { batchBytes = 1_048_576, maxQueueBytes = 67_108_864 } = options;

  const errors = errorListeners();
  const losses = lossLedger();
  const queue: { readonly entry: Entry; readonly bytes: number }[] = [];
  let owed: Entry[] = []; // log_dropped entries that are not stored yet
  let queueBytes = 0;
  let taken = 0; // entries that came into the queue
  let gone = 0; // entries that left it, stored or lost
  let written = 0;
  let lostSinceFlush = 0;
  let sending = false;
  let closed: Promise<void> | undefined;
  let waiters: { readonly target: number; readonly resolve: () => void }[] = [];
  let waiting = 0; // calls of flush and close that are being awaited
  let retry: { readonly timer: NodeJS.Timeout; readonly now: () => void } | undefined;

  async function send(): Promise<void> {
    sending = true;
    await undefined; // so that entries of one tick go together
    while (queue.length > 0) {
      const count = nextBatch();
      owed.push(...losses.take());
      const batch = [...owed, ...queue.slice(0, count).map(({ entry }) => entry)];
      const stored = await deliver(batch.map(({ line }) => line).join(""));
      if (stored) owed = [];
      leave(count, stored);
    }
    sending = false;
  }

  /** How many entries make the next batch. */
  function nextBatch(): number {
    let bytes = 0;
    for (const [index, item] of queue.entries()) {
      bytes += item.bytes;
      if (bytes > batchBytes) return Math.max(index, 1);
    }
    return queue.length;
  }

  /** Tries until the endpoint has the batch; says whether it has. */
  async function deliver(body: string): Promise<boolean> {
    const key = crypto.randomUUID();
    for (let attempt = 0; ; attempt++) {
      const failure = await postBatch({ url, headers, requestTimeoutMs }, body, key);
      if (failure === undefined) return true;
      const { reason, cause, final } = failure;
      errors.tell(new StepLogError("WRITE_FAILED", `http: ${reason}`, { cause, details: { url } }));
      if (final) return false;
      await pause(fullJitter(attempt, retryMs));
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      // An endpoint that is away does not keep the process alive, unless somebody waits for it.
      if (waiting === 0) timer.unref();
      retry = { timer, now: () => [clearTimeout(timer), resolve()] };
    });
  }

  function leave(count: number, stored: boolean): void {
    for (const { entry, bytes } of queue.splice(0, count)) {
      queueBytes -= bytes;
      if (!stored) lose(entry, "WRITE_FAILED");
    }
    gone += count;
    if (stored) written += count;
    for (const { target, resolve } of waiters) if (gone >= target) resolve();
    waiters = waiters.filter(({ target }) => gone < target);
  }

  function lose(entry: Entry, code: StepLogErrorCode): void {
    losses.add(entry, code);
    lostSinceFlush++;
    errors.tell(
      new StepLogError(code, "http: an entry was dropped", { lost: 1, details: { url } }),
    );
  }

  /** Resolves when all that was taken before the call has left the queue. */
  function settled(): Promise<void> {
    const target = taken;
    return new Promise((resolve) => {
      if (gone >= target) resolve();
      else waiters.push({ target, resolve });
    });
  }

  async function awaited(work: Promise<void>, flushOptions?: FlushOptions): Promise<void> {
    waiting++;
    retry?.now();
    try {
      await waitFor(work, flushOptions?.signal, () => queue.length);
    } finally {
      if (--waiting === 0) retry?.timer.unref();
    }
  }

  // Apart from the waiting, so that a flush which was given up does not use up the loss.
  function tellLoss(): void {
    if (lostSinceFlush === 0) return;
    const lost = lostSinceFlush;
    lostSinceFlush = 0;
    throw new StepLogError("WRITE_FAILED", `http: ${lost} entries were lost`, { lost });
  }

  return {
    name: "http",
    write(entry) {
      if (closed !== undefined) return lose(entry, "CLOSED");
      const bytes = Buffer.byteLength(entry.line);
      if (queueBytes + bytes > maxQueueBytes) return lose(entry, "QUEUE_FULL");
      taken++;
      queueBytes += bytes;
      queue.push({ entry, bytes });
      if (!sending) void send();
    },
    async flush(flushOptions) {
      await awaited(settled(), flushOptions);
      tellLoss();
    },
    close(closeOptions) {
      closed ??= settled().then(tellLoss);
      return awaited(closed, closeOptions);
    },
    stats: (runId) => ({
      written,
      pending: queue.length,
      pendingBytes: queueBytes,
      dropped: losses.count(runId),
    }),
    onError: errors.listen,
  };
}
