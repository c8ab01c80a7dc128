import { OTHER } from "../untrusted.ts";

/** A map of so many keys; the rest share `(other)`. */
export class BoundedMap<Value> implements Iterable<[string, Value]> {
  readonly #values: Map<string, Value> = new Map();
  readonly #maxKeys: number;
  readonly #make: () => Value;

  constructor(maxKeys: number, make: () => Value) {
    this.#maxKeys = maxKeys;
    this.#make = make;
  }

  /** The value of a key, made if it has none. */
  at(key: string): Value {
    return this.update(key, (value) => value);
  }

  update(key: string, change: (value: Value) => Value): Value {
    const isOther = !this.#values.has(key) && this.#values.size >= this.#maxKeys;
    const name = isOther ? OTHER : key;
    const before = this.#values.get(name);
    const value = change(before === undefined ? this.#make() : before);
    if (value !== before) this.#values.set(name, value);
    return value;
  }

  [Symbol.iterator](): IterableIterator<[string, Value]> {
    return this.#values[Symbol.iterator]();
  }

  /** An object that no key can do harm to, `__proto__` included. */
  toObject<Result>(convert: (value: Value) => Result): Record<string, Result> {
    const object: Record<string, Result> = Object.create(null);
    for (const [key, value] of this.#values) object[key] = convert(value);
    return object;
  }
}
