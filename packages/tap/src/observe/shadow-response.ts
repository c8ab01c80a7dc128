import { type BodyObserver, observedStream } from "./observed-stream.ts";

interface Observed {
  /** Answers for what is no body: status, headers, url. */
  readonly original: Response;
  /** Made when the body is first asked for. */
  shadow?: Response;
  readonly begin: () => Response;
}

const states = new WeakMap<object, Observed>();
const prototypes = new WeakMap<object, object>();

/**
 * Has `observer` hear of what is read of a response, which stays the same object, with all that its
 * consumer may look at, on a runtime that reads bodies by itself.
 *
 * The object gets a prototype between itself and its class, in which everything about the body is
 * answered by a second response over an observed stream.
 */
export function shadowResponse(
  response: Response,
  body: ReadableStream,
  observer: BodyObserver,
): void {
  const native = Object.getPrototypeOf(response);
  const NativeResponse = native.constructor as typeof Response;
  const { headers } = response;
  Object.setPrototypeOf(response, prototypeOver(native));
  states.set(response, {
    original: response,
    begin: () => new NativeResponse(observedStream(body, observer), { headers }),
  });
}

/** A prototype with each member of the native one, leading to the right one of the two responses. */
function prototypeOver(native: object): object {
  const known = prototypes.get(native);
  if (known !== undefined) return known;
  const members: Record<string, PropertyDescriptor> = {};
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(native))) {
    const { get, value } = descriptor as PropertyDescriptor;
    if (get !== undefined) {
      const isBody = name === "body" || name === "bodyUsed";
      members[name] = { ...descriptor, get: accessor(get, isBody) };
    } else if (typeof value === "function" && name !== "constructor") {
      members[name] = { ...descriptor, value: method(name, value) };
    }
  }
  const prototype = Object.create(native, members);
  prototypes.set(native, prototype);
  return prototype;
}

function accessor(get: () => unknown, isBody: boolean) {
  return function (this: object): unknown {
    const state = states.get(this);
    const target = state === undefined ? this : isBody ? shadowOf(state) : state.original;
    return Reflect.apply(get, target, []);
  };
}

function method(name: string, native: (...args: unknown[]) => unknown) {
  const own = {
    // Named as the native one is.
    [name](this: object, ...args: unknown[]): unknown {
      const state = states.get(this);
      if (state === undefined) return Reflect.apply(native, this, args);
      const result = Reflect.apply(native, shadowOf(state), args);
      return name === "clone" ? twin(result as Response, state.original) : result;
    },
  };
  return own[name];
}

/** Makes a clone of the shadow a clone of the original. */
function twin(shadow: Response, original: Response): Response {
  const native = Object.getPrototypeOf(shadow);
  states.set(shadow, { original, shadow, begin: () => shadow });
  return Object.setPrototypeOf(shadow, prototypeOver(native));
}

function shadowOf(state: Observed): Response {
  state.shadow ??= state.begin();
  return state.shadow;
}
