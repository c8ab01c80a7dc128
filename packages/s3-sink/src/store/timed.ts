import { ObjectStoreError } from "../object-store-error.ts";

/**
 * Does work for so long at most, and until the signal is aborted; it is told to stop, and not waited
 * for if it does not.
 */
export async function timed<T>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    const end = (reason: unknown) => {
      reject(reason);
      controller.abort(reason);
    };
    const message = `no answer within ${timeoutMs} ms`;
    const tooLate = () => end(new ObjectStoreError(message, { code: "RequestTimedOut" }));
    timer = setTimeout(tooLate, timeoutMs).unref();
    stop = () => end(signal?.reason);
  });
  signal?.addEventListener("abort", stop);
  try {
    return await Promise.race([work(controller.signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
