import type { Io } from "../io.ts";
import { paintFor } from "../output/paint.ts";
import { takeTerminal } from "../terminal/take-terminal.ts";
import type { SessionOptions } from "./session-options.ts";
import { sessionWork } from "./session-work.ts";
import { initialState, type ReplayState, type Size } from "./state/replay-state.ts";
import { type Message, update } from "./state/update.ts";
import { view } from "./view/view.ts";

/** Shows a log on the whole terminal until the user leaves; tells whether by Ctrl-C. */
export async function replaySession(
  io: Io,
  options: SessionOptions,
): Promise<"quit" | "interrupt"> {
  const paint = paintFor(io.stdout, io.env);
  const size = (): Size => ({ columns: io.stdout.columns ?? 80, rows: io.stdout.rows ?? 24 });
  let state: ReplayState = {
    ...initialState(
      { name: options.log.name, costOf: options.costOf, size: size() },
      options.start,
    ),
    isFollowing: options.isFollowing,
  };
  const { promise, resolve, reject } = deferred<"quit" | "interrupt">();
  const work = sessionWork(options, () => state, send, reject);
  let isDrawing = false;

  function send(message: Message): void {
    if (state.leaving !== null) return;
    try {
      state = update(state, message);
      if (state.leaving !== null) resolve(state.leaving);
      else work.reconcile();
    } catch (error) {
      reject(error);
    }
    // One frame a turn, however many keys came in it.
    if (isDrawing) return;
    isDrawing = true;
    setImmediate(drawn);
  }
  function drawn(): void {
    isDrawing = false;
    try {
      if (state.leaving === null) terminal.screen.draw(view(state, paint));
    } catch (error) {
      reject(error);
    }
  }
  const terminal = takeTerminal(io, {
    onKey(key) {
      if (key.ctrl && key.name === "z") terminal.suspend();
      else send({ kind: "key", key });
    },
    onResize() {
      terminal.screen.forget();
      send({ kind: "resize", size: size() });
    },
  });
  const onAbort = () => resolve("interrupt");
  io.signal.addEventListener("abort", onAbort);
  try {
    send({ kind: "resize", size: size() });
    return await promise;
  } finally {
    io.signal.removeEventListener("abort", onAbort);
    work.end();
    terminal.end();
  }
}

function deferred<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
