import type { Subscriber } from "./subscriber.ts";

/** The subscribers that wait for a promise. */
export interface BusyWatch {
  add(subscriber: Subscriber): void;
  delete(subscriber: Subscriber): void;
  /** Resolves when there is none. */
  none(): Promise<void>;
}

/** Keeps who is busy, and has those report who have been so for `stallMs`, at the latest after twice that. */
export function busyWatch(stallMs: number): BusyWatch {
  const busy = new Set<Subscriber>();
  const waiting: (() => void)[] = [];
  let watched = false;

  const watch = () => {
    watched = true;
    afterwards(stallMs, () => {
      watched = false;
      for (const subscriber of busy) subscriber.checkStall(stallMs);
      if (busy.size > 0) watch();
    });
  };
  return {
    add(subscriber) {
      busy.add(subscriber);
      if (!watched) watch();
    },
    delete(subscriber) {
      busy.delete(subscriber);
      if (busy.size === 0) for (const settle of waiting.splice(0)) settle();
    },
    async none() {
      while (busy.size > 0) await new Promise<void>((settle) => waiting.push(settle));
    },
  };
}

interface DenoLike {
  unrefTimer(id: unknown): void;
}

/** A timer that does not keep the process alive. */
function afterwards(ms: number, work: () => void): void {
  const timer: unknown = setTimeout(work, ms);
  const { Deno } = globalThis as { readonly Deno?: DenoLike };
  if (typeof timer === "object") (timer as { unref?(): void } | null)?.unref?.();
  else Deno?.unrefTimer(timer);
}
