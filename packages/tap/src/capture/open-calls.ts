import { atExit } from "./at-exit.ts";
import type { Exchange } from "./exchange.ts";
import { later } from "./later.ts";

// Copies of bodies in memory are made by then; one that waits for its source is recorded as far as it is.
const MAX_COPY_WAIT_MS = 100;

// A response that nobody reads and nobody has any more will not end by itself.
const abandoned = new FinalizationRegistry<Exchange>((exchange) => exchange.leave());

/** The calls that are under way, and those that wait to be recorded. */
export interface OpenCalls {
  readonly size: number;
  begun(exchange: Exchange): void;
  /** The consumer reads this: when it is gone, so is the call. */
  readThrough(exchange: Exchange, body: ReadableStream | null): void;
  ended(exchange: Exchange): void;
  /** Records what has ended now. */
  drain(): void;
  /** Resolves when what has ended is recorded. */
  settled(): Promise<void>;
}

/** Keeps track of calls, and hands each to `record` once, in a turn of the event loop of its own. */
export function openCalls(record: (exchange: Exchange) => void): OpenCalls {
  const open = new Set<Exchange>();
  const copying = new Map<Exchange, Promise<void>>();
  const ready = new Set<Exchange>();
  const turns = later(recordOne);
  let forget: (() => void) | undefined;

  function recordOne(exchange: Exchange): void {
    if (ready.delete(exchange)) record(exchange);
    watchExit();
  }

  function enqueue(exchange: Exchange): void {
    ready.add(exchange);
    turns.add(exchange);
  }

  function watchExit(): void {
    const isBusy = open.size + copying.size + ready.size > 0;
    if (isBusy) forget ??= atExit(leaveAll);
    else {
      forget?.();
      forget = undefined;
    }
  }

  function leaveAll(): void {
    for (const exchange of open) exchange.leave();
    for (const exchange of copying.keys()) enqueue(exchange);
    copying.clear();
    turns.drain();
  }

  return {
    get size() {
      return open.size;
    },
    begun(exchange) {
      open.add(exchange);
      watchExit();
    },
    readThrough(exchange, body) {
      if (body !== null && exchange.outcome === undefined) {
        abandoned.register(body, exchange, exchange);
      }
    },
    ended(exchange) {
      open.delete(exchange);
      abandoned.unregister(exchange);
      const { requestCopied, requestBody } = exchange;
      if (requestCopied === undefined || requestBody?.isWhole) return enqueue(exchange);
      const copied = Promise.race([requestCopied, pause(MAX_COPY_WAIT_MS)]).then(() => {
        if (copying.delete(exchange)) enqueue(exchange);
      });
      copying.set(exchange, copied);
    },
    drain: turns.drain,
    async settled() {
      await Promise.all(copying.values());
      turns.drain();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
