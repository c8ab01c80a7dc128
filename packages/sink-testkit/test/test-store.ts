/** A store in memory that takes a moment and can be made to fail. */
export interface TestStore {
  readonly lines: string[];
  /** What a careless sink wrote elsewhere. */
  readonly outside: string[];
  readonly broken: boolean;
  setBroken(broken: boolean): void;
  /** Stores all lines after a turn of the event loop, or none of them and rejects. */
  append(lines: readonly string[], stillWanted?: () => boolean): Promise<void>;
  /** Stores all lines at once, or none and throws. */
  appendSync(lines: readonly string[]): void;
}

export function testStore(): TestStore {
  const lines: string[] = [];
  let broken = false;
  let failures = 0;
  const check = (failuresBefore: number) => {
    if (broken || failures > failuresBefore) throw new Error("the store is broken");
  };
  return {
    lines,
    outside: [],
    get broken() {
      return broken;
    },
    setBroken(value) {
      if (value) failures++;
      broken = value;
    },
    async append(added, stillWanted = () => true) {
      const before = broken ? -1 : failures; // one begun on a broken store fails, come what may
      await new Promise((resolve) => setImmediate(resolve));
      if (!stillWanted()) return;
      check(before);
      for (const line of added) lines.push(line);
    },
    appendSync(added) {
      check(failures);
      for (const line of added) lines.push(line);
    },
  };
}

/** The store as a sink sees it that does something to the lines on their way. */
export function tampered(
  store: TestStore,
  change: (lines: readonly string[]) => readonly string[],
): TestStore {
  return {
    ...store,
    get broken() {
      return store.broken;
    },
    append: (lines, stillWanted) => store.append(change(lines), stillWanted),
    appendSync: (lines) => store.appendSync(change(lines)),
  };
}
