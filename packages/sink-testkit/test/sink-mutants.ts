import { type Entry, type FlushOptions, type Sink, StepLogError } from "@step-log/core";
import { referenceSink } from "./reference-sink.ts";
import { type TestStore, tampered } from "./test-store.ts";

/** A sink with one mistake. */
export interface Mutant {
  sink(store: TestStore): Sink;
  /** The mistake is that something never settles. */
  readonly hangs?: true;
}

/** For each case a sink that only breaks its promise, or one of its promises. */
export const SINK_MUTANTS: Readonly<Record<string, Mutant>> = {
  "the sink has a name": changed(() => ({ name: " " })),
  "the optional members are those that the options declare": {
    sink(store) {
      const { lastStep: _, ...rest } = referenceSink(store);
      return rest;
    },
  },

  "entries of a run are stored in the order of writing": lines((batch) => batch.toReversed()),
  "runs that take turns each keep their order": lines((batch) =>
    new Set(batch.map(runOf)).size > 1 ? batch.toReversed() : batch,
  ),
  "step numbers are kept as they are, also late, repeated and left out ones": lines((batch) =>
    batch.toSorted((a, b) => stepOf(a) - stepOf(b)),
  ),
  "records of every type are stored, also after the end of the run": changed((sink) => {
    const ended = new Set<string>();
    return {
      write(entry) {
        if (ended.has(entry.runId)) return;
        if (entry.record.type === "run_end") ended.add(entry.runId);
        sink.write(entry);
      },
    };
  }),
  "entries that come one a turn of the event loop keep their order": changed((sink) => {
    let late: Entry | undefined;
    return {
      // Entries of one turn go together; the last of a turn waits for those of the next.
      write(entry) {
        if (late === undefined) setTimeout(sendLate, 5);
        else sink.write(entry);
        late ??= entry;
      },
      async flush() {
        sendLate();
        await sink.flush();
      },
    };
    function sendLate() {
      if (late !== undefined) sink.write(late);
      late = undefined;
    }
  }),

  "10,000 entries are stored once each": changed((sink) => {
    let count = 0;
    return {
      write(entry) {
        if (++count <= 5_000) sink.write(entry);
      },
    };
  }),
  "equal entries are stored as often as they were written": changed((sink) => {
    const seen = new Set<string>();
    return {
      write(entry) {
        if (!seen.has(entry.line)) sink.write(entry);
        seen.add(entry.line);
      },
    };
  }),
  "what was written before a flush is stored when it resolves": changed(() => ({
    async flush() {},
  })),
  "what is written during a flush is stored by the next": changed((sink) => {
    let flushing = false;
    return {
      write(entry) {
        if (!flushing) sink.write(entry);
      },
      async flush(options) {
        flushing = true;
        await sink.flush(options).finally(() => {
          flushing = false;
        });
      },
    };
  }),
  "each of several flushes at once waits for what was written before it": changed((sink) => {
    let flushing: Promise<void> | undefined;
    return {
      flush(options) {
        flushing ??= sink.flush(options).finally(() => {
          flushing = undefined;
        });
        return flushing;
      },
    };
  }),
  "close right after writing stores everything": changed(() => ({ async close() {} })),
  "close during a flush stores everything once": {
    sink(store) {
      const sink = referenceSink(store);
      const waiting: Entry[] = [];
      let flushing = false;
      return {
        ...sink,
        write(entry) {
          if (flushing) waiting.push(entry);
          sink.write(entry);
        },
        async flush(options) {
          flushing = true;
          await sink.flush(options);
          flushing = false;
        },
        async close(options) {
          await sink.close(options);
          store.appendSync(waiting.splice(0).map(({ line }) => line));
        },
      };
    },
  },

  "100 runs at once are kept apart": limited(64),
  "3,000 runs go through one sink": limited(1_024),
  "a run goes on where it stopped, after others came between": {
    sink(store) {
      let openRun: string | undefined;
      return changed((sink) => ({
        write(entry) {
          // Opens the run's file anew, and empties it.
          if (entry.runId !== openRun) {
            const kept = store.lines.filter((line) => runOf(line) !== entry.runId);
            store.lines.splice(0, store.lines.length, ...kept);
          }
          openRun = entry.runId;
          sink.write(entry);
        },
      })).sink(store);
    },
  },

  "write returns nothing, not even a promise": changed((sink) => ({
    write: async (entry) => sink.write(entry),
  })),
  "frozen entries are taken": changed((sink) => ({
    write(entry) {
      Object.assign(entry.record, { writer: "mine" });
      sink.write(entry);
    },
  })),
  "entries are left as they were": changed((sink) => ({
    write(entry) {
      if (!Object.isFrozen(entry.record)) Object.assign(entry.record, { writer: "mine" });
      sink.write(entry);
    },
  })),

  "flush with nothing written resolves": never((count) => count === 0),
  "flush with an aborted signal rejects with ABORTED, or resolves with everything stored": changed(
    (sink) => ({
      async flush(options) {
        options?.signal?.throwIfAborted();
        await sink.flush(options);
      },
    }),
  ),
  "an abort stops the waiting, not the writing": forgetful((signal, forget) => {
    signal.addEventListener("abort", forget, { once: true });
    return () => signal.removeEventListener("abort", forget);
  }),
  "an abort after flush has resolved changes nothing": changed((sink) => {
    let stopped = false;
    return {
      write(entry) {
        if (!stopped) sink.write(entry);
      },
      flush(options) {
        options?.signal?.addEventListener("abort", () => {
          stopped = true;
        });
        return sink.flush(options);
      },
    };
  }),
  "flush takes its listeners off a signal that was not aborted": changed((sink) => ({
    flush(options) {
      options?.signal?.addEventListener("abort", () => {});
      return sink.flush(options);
    },
  })),

  "close with nothing written resolves": never((count) => count === 0, "close"),
  "close gives the same result however often it is called": changed((sink) => {
    let closed = false;
    return {
      async close(options) {
        if (closed) throw new StepLogError("CLOSED", "closed already");
        closed = true;
        await sink.close(options);
      },
    };
  }),
  "close with an aborted signal loses nothing": {
    sink(store) {
      let forgotten = false;
      const sink = referenceSink(tampered(store, (batch) => (forgotten ? [] : batch)));
      return {
        ...sink,
        close(options) {
          forgotten ||= options?.signal?.aborted === true;
          return sink.close(options);
        },
      };
    },
  },
  "flush after close resolves": changed((sink) => {
    let closed = false;
    return {
      async flush(options) {
        if (closed) throw new StepLogError("CLOSED", "closed already");
        await sink.flush(options);
      },
      close(options) {
        closed = true;
        return sink.close(options);
      },
    };
  }),
  "write after close does not throw": afterClose(() => {
    throw new StepLogError("CLOSED", "closed already");
  }),
  "an entry written after close is not stored": afterClose((entry, store) => {
    store.appendSync([entry.line]);
  }),
  "an entry written after close is told as lost, by stats, by onError or by flush": afterClose(
    () => {},
  ),

  "empty strings, lists and objects are stored": lines((batch) =>
    batch.map((line) => line.replace('"data":""', '"data":null')),
  ),
  "text of every kind is stored as it is": lines((batch) =>
    batch.map((line) => line.normalize("NFC")),
  ),
  "numbers are stored as they are": lines((batch) =>
    batch.map((line) => {
      const round = (_: string, value: unknown) =>
        typeof value === "number" ? Number(value.toPrecision(12)) : value;
      return `${JSON.stringify(JSON.parse(line, round))}\n`;
    }),
  ),
  "a line of 1 MiB is stored": lines((batch) =>
    batch.filter((line) => line.length < 1_000_000 || line.length > 2_000_000),
  ),
  "a line of 8 MiB is stored": lines((batch) => batch.filter((line) => line.length < 4_000_000)),
  "large and small lines in turn keep their order": lines((batch) =>
    batch.toSorted((a, b) => Math.sign(a.length - 10_000) - Math.sign(b.length - 10_000)),
  ),

  "hostile run ids come back as they are, each with its own entries": changed((sink) => {
    const slugs = new Map<string, string>();
    return {
      write(entry) {
        const slug = entry.runId.toLowerCase();
        const runId = slugs.get(slug) ?? entry.runId;
        slugs.set(slug, runId);
        const record = { ...entry.record, run_id: runId };
        sink.write({ ...entry, runId, record, line: `${JSON.stringify(record)}\n` });
      },
    };
  }),
  "hostile run ids do not lead out of the store": {
    sink: (store) =>
      changed((sink) => ({
        write(entry) {
          if (entry.runId.startsWith("..")) store.outside.push(`logs/${entry.runId}`);
          sink.write(entry);
        },
      })).sink(store),
  },

  "write does not throw while the store fails": {
    sink: (store) =>
      changed((sink) => ({
        write(entry) {
          if (store.broken) throw new Error("the store is broken");
          sink.write(entry);
        },
      })).sink(store),
  },
  "flush rejects while the store fails, and counts what is not stored": changed((sink) => ({
    flush: (options) => sink.flush(options).catch(() => {}),
  })),
  "flush of a failing store ends with ABORTED or the loss soon after its signal": {
    hangs: true,
    sink: (store) =>
      changed((sink) => ({
        flush(options) {
          // A listener alone does not hear of what happened before.
          return options?.signal?.aborted === true ? sink.flush() : sink.flush(options);
        },
      })).sink(store),
  },
  "what was written while the store failed is stored once and in order, or counted as lost": {
    sink: (store) => careless(store, () => true),
  },
  "accounts are right after the store failed time and again": {
    sink: (store) => careless(store, (failures) => failures > 2),
  },
  "a store that fails during a flush and comes back loses nothing uncounted": {
    sink(store) {
      const sink = referenceSink({
        ...store,
        get broken() {
          return store.broken;
        },
        // Takes a connection that broke for one that ended well.
        append: (batch, wanted) => store.append(batch, wanted).catch(() => {}),
      });
      return sink;
    },
  },
  "close of a failing store ends with its signal": {
    hangs: true,
    sink: (store) => changed((sink) => ({ close: () => sink.close() })).sink(store),
  },
  "a close that was given up goes on when the store is back": forgetful((signal, forget) => {
    signal.addEventListener("abort", forget, { once: true });
    return () => {};
  }, "close"),

  "stats begins with zeros": stats((counts) => ({ ...counts, written: counts.written + 1 })),
  "stats has every entry as written, pending or dropped at any time": stats((counts) => ({
    ...counts,
    pending: 0,
  })),
  "stats has nothing pending after a flush": stats((counts) => ({
    ...counts,
    pendingBytes: counts.pendingBytes + counts.written,
  })),
  "stats counts an entry that was written after close as dropped": stats((counts) => ({
    ...counts,
    dropped: 0,
  })),
  "stats of a run has the dropped entries of that run alone": changed((sink) => ({
    stats: () => sink.stats?.() ?? { written: 0, pending: 0, pendingBytes: 0, dropped: 0 },
  })),

  "a listener is told of an entry that was written after close, with a StepLogError": changed(
    (sink) => ({
      onError: (listener) =>
        sink.onError?.(({ message }) => listener(new Error(message) as StepLogError)) ?? nothing,
    }),
  ),
  "all listeners are told, also after one that throws": changed((sink) => {
    const listeners: ((error: StepLogError) => void)[] = [];
    sink.onError?.((error) => {
      for (const listener of listeners) listener(error);
    });
    return {
      onError(listener) {
        listeners.push(listener);
        return () => void listeners.splice(listeners.indexOf(listener), 1);
      },
    };
  }),
  "a listener that was taken off is told nothing more": changed((sink) => ({
    onError(listener) {
      sink.onError?.(listener);
      return nothing;
    },
  })),
  "a listener is told of a failing store": changed((sink) => ({
    onError: (listener) =>
      sink.onError?.((error) => {
        if (error.code !== "WRITE_FAILED") listener(error);
      }) ?? nothing,
  })),

  "flushSync leaves everything stored": changed(() => ({ flushSync() {} })),
  "flushSync during a flush stores nothing twice": {
    sink: (store) => referenceSink({ ...store, append: (batch) => store.append(batch) }),
  },
  "flushSync does nothing when there is nothing to do": {
    sink(store) {
      let last: Entry | undefined;
      return changed((sink) => ({
        write(entry) {
          last = entry;
          sink.write(entry);
        },
        flushSync() {
          sink.flushSync?.();
          if (last !== undefined) store.appendSync([last.line]);
        },
      })).sink(store);
    },
  },

  "lastStep tells the highest step of a run, not the latest": changed((sink) => {
    const latest = new Map<string, number>();
    return {
      write(entry) {
        latest.set(entry.runId, entry.step);
        sink.write(entry);
      },
      lastStep: (runId) => latest.get(runId),
    };
  }),
  "lastStep knows nothing of a run that the store does not hold": changed((sink) => ({
    lastStep: (runId) => sink.lastStep?.(runId) ?? 0,
  })),
};

/** The reference sink with some members replaced. */
function changed(change: (sink: Sink, store: TestStore) => Partial<Sink>): Mutant {
  return {
    sink(store) {
      const sink = referenceSink(store);
      return { ...sink, ...change(sink, store) };
    },
  };
}

/** The reference sink, with something done to the lines of each batch. */
function lines(change: (batch: readonly string[]) => readonly string[]): Mutant {
  return { sink: (store) => referenceSink(tampered(store, change)) };
}

/** Forgets runs beyond a number. */
function limited(runs: number): Mutant {
  return changed((sink) => {
    const known = new Set<string>();
    return {
      write(entry) {
        if (known.size < runs) known.add(entry.runId);
        if (known.has(entry.runId)) sink.write(entry);
      },
    };
  });
}

/** Never settles a `flush` or `close` before which so many entries were written. */
function never(when: (written: number) => boolean, member: "flush" | "close" = "flush"): Mutant {
  return {
    hangs: true,
    sink: (store) =>
      changed((sink) => {
        let count = 0;
        return {
          write(entry) {
            count++;
            sink.write(entry);
          },
          [member]: (options: FlushOptions) =>
            when(count) ? new Promise<void>(() => {}) : sink[member](options),
        };
      }).sink(store),
  };
}

/** Does not store what waits when a signal is aborted. */
function forgetful(
  listen: (signal: AbortSignal, forget: () => void) => () => void,
  member: "flush" | "close" = "flush",
): Mutant {
  return {
    sink(store) {
      let forgotten = false;
      const sink = referenceSink(tampered(store, (batch) => (forgotten ? [] : batch)));
      return {
        ...sink,
        async [member](options?: FlushOptions) {
          const stop = options?.signal && listen(options.signal, () => (forgotten = true));
          await sink[member](options).finally(stop);
        },
      };
    },
  };
}

/** Does something wrong with what is written after close. */
function afterClose(write: (entry: Entry, store: TestStore) => void): Mutant {
  return changed((sink, store) => {
    let closed = false;
    return {
      write: (entry) => (closed ? write(entry, store) : sink.write(entry)),
      close(options) {
        closed = true;
        return sink.close(options);
      },
    };
  });
}

/** Takes some failed batches for stored ones. */
function careless(store: TestStore, when: (failures: number) => boolean): Sink {
  let failures = 0;
  const wasBroken = () => store.broken;
  return referenceSink({
    ...store,
    get broken() {
      return wasBroken();
    },
    append: (batch, wanted) =>
      store.append(batch, wanted).catch((error: unknown) => {
        if (!when(++failures)) throw error;
      }),
  });
}

function stats(change: (counts: ReturnType<NonNullable<Sink["stats"]>>) => object): Mutant {
  return changed((sink) => ({
    stats(runId) {
      const counts = sink.stats?.(runId);
      return { written: 0, pending: 0, pendingBytes: 0, dropped: 0, ...(counts && change(counts)) };
    },
  }));
}

function runOf(line: string): string {
  return (JSON.parse(line) as { run_id: string }).run_id;
}

function stepOf(line: string): number {
  return (JSON.parse(line) as { step: number }).step;
}

function nothing(): void {}
