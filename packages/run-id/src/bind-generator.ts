const GENERATOR = /^\[object (?:Async)?Generator\]$/;

/**
 * Has the body of a generator run by `enter`: it would run in the context of whoever asks for the next
 * value. The generator stays the same object; any other value is left alone.
 */
export function bindGenerator<T>(value: T, enter: <R>(step: () => R) => R): T {
  if (!isGenerator(value)) return value;
  for (const method of ["next", "return", "throw"] as const) {
    const original = value[method];
    Reflect.defineProperty(value, method, {
      value: (...args: readonly unknown[]) => enter(() => Reflect.apply(original, value, args)),
      configurable: true,
      writable: true,
    });
  }
  return value;
}

function isGenerator(value: unknown): value is Generator | AsyncGenerator {
  if (typeof value !== "object" || value === null) return false;
  try {
    return GENERATOR.test(Object.prototype.toString.call(value));
  } catch {
    return false; // a proxy that refuses to be looked at
  }
}
