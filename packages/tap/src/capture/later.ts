/** Work that is done when the agent has had its turn. */
export interface Later<Item> {
  add(item: Item): void;
  /** Does all of it now. */
  drain(): void;
}

/** Puts items off to a turn of the event loop of their own each; the process does not end before. */
export function later<Item>(work: (item: Item) => void): Later<Item> {
  const items: Item[] = [];
  let isDue = false;

  function next(): void {
    isDue = false;
    const item = items.shift();
    if (items.length > 0) schedule();
    if (item !== undefined) work(item);
  }

  function schedule(): void {
    if (isDue) return;
    isDue = true;
    if (typeof setImmediate === "function") setImmediate(next);
    else setTimeout(next, 0);
  }

  return {
    add(item) {
      items.push(item);
      schedule();
    },
    drain() {
      for (let item = items.shift(); item !== undefined; item = items.shift()) work(item);
    },
  };
}
