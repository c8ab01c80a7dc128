import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";

type Lockfile = typeof import("proper-lockfile");

let loading: Promise<Lockfile> | undefined;

/**
 * Loads proper-lockfile when it is first needed; that takes some 14 ms.
 *
 * It brings signal-exit, which listens for signals. A library must not: a process whose event loop
 * is blocked could no more be ended by SIGTERM. So the listeners are taken away again, unless the
 * program itself uses signal-exit.
 */
export function loadLockfile(): Promise<Lockfile> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Lockfile> {
  const usedByProgram = exitHooks() > 0;
  const module = (await import("proper-lockfile")) as { default?: Lockfile } & Lockfile;
  if (!usedByProgram) unloadSignalExit();
  return module.default ?? module;
}

function exitHooks(): number {
  return exitEmitter()?.listenerCount("exit") ?? 0;
}

function unloadSignalExit(): void {
  try {
    const lockfilePath = createRequire(import.meta.url).resolve("proper-lockfile");
    const signalExit: { unload(): void } = createRequire(lockfilePath)("signal-exit");
    signalExit.unload();
    process.on("exit", releaseAtExit);
    // Node ignores this one, which a file size limit sends; with its listener taken away it would kill.
    if (process.listenerCount("SIGXFSZ") === 0) process.on("SIGXFSZ", () => {});
  } catch {
    // In a bundle it cannot be found, and stays.
  }
}

/** What signal-exit would do: proper-lockfile releases what the program locked with it. */
function releaseAtExit(code: number): void {
  const emitter = exitEmitter();
  if (emitter === undefined || emitter.emitted?.exit === true) return;
  if (emitter.emitted !== undefined) emitter.emitted.exit = true;
  emitter.emit("exit", code, null);
}

interface ExitEmitter extends EventEmitter {
  readonly emitted?: { exit: boolean };
}

function exitEmitter(): ExitEmitter | undefined {
  const emitter: unknown = Reflect.get(process, "__signal_exit_emitter__");
  return typeof emitter === "object" && emitter !== null ? (emitter as ExitEmitter) : undefined;
}
