/**
 * Gives what comes in batches one by one.
 *
 * Written out instead of as a generator, since it is passed once for each record. `leave` is called
 * first when the reader leaves, so that `batches` stop waiting.
 */
export function oneByOne<T>(
  batches: AsyncGenerator<readonly T[], void, void>,
  leave?: () => void,
): AsyncIterableIterator<T, undefined, void> {
  let batch: readonly T[] = [];
  let at = 0;
  let waiting: Promise<unknown> | undefined;

  // One after the other, for those who ask twice without waiting.
  const nextBatch = async (before: Promise<unknown> | undefined) => {
    await before;
    while (at >= batch.length) {
      const { done, value } = await batches.next();
      if (done) return END;
      batch = value;
      at = 0;
    }
    return given(batch[at++] as T);
  };

  return {
    next() {
      if (waiting === undefined && at < batch.length) {
        return Promise.resolve(given(batch[at++] as T));
      }
      const result = nextBatch(waiting);
      const settled = () => {
        if (waiting === result) waiting = undefined;
      };
      result.then(settled, settled);
      waiting = result;
      return result;
    },
    async return() {
      batch = [];
      leave?.();
      await batches.return();
      return END;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const END = { done: true, value: undefined } as const;

function given<T>(value: T): IteratorYieldResult<T> {
  return { done: false, value };
}
