/** A map of so many keys; a new one takes the place of the one that was asked for longest ago. */
export class RecentMap<Value> implements Iterable<[string, Value]> {
  readonly #values: Map<string, Value> = new Map();
  readonly #maxKeys: number;
  readonly #make: (key: string) => Value;
  readonly #onDrop: (key: string, value: Value) => void;
  #latest: string | undefined;

  constructor(
    maxKeys: number,
    make: (key: string) => Value,
    onDrop: (key: string, value: Value) => void = () => {},
  ) {
    this.#maxKeys = maxKeys;
    this.#make = make;
    this.#onDrop = onDrop;
  }

  /** The value of a key, made if it has none. */
  at(key: string): Value {
    const known = this.#values.get(key);
    // Most records are of the same run as the one before, and need no moving.
    if (known !== undefined && key === this.#latest) return known;
    const value = known ?? this.#make(key);
    this.#values.delete(key);
    this.#values.set(key, value);
    this.#latest = key;
    if (this.#values.size > this.#maxKeys) this.#dropOldest();
    return value;
  }

  /** The value of a key, if it has one; does not count as asking. */
  peek(key: string): Value | undefined {
    return this.#values.get(key);
  }

  [Symbol.iterator](): IterableIterator<[string, Value]> {
    return this.#values[Symbol.iterator]();
  }

  #dropOldest(): void {
    const [oldest] = this.#values;
    if (oldest === undefined) return;
    this.#values.delete(oldest[0]);
    this.#onDrop(...oldest);
  }
}
