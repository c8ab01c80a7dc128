type Lockfile = typeof import("proper-lockfile");

let loading: Promise<Lockfile> | undefined;

/**
 * Loads proper-lockfile when it is first needed; that takes some 14 ms.
 *
 * It brings signal-exit, which listens for signals. A library must not: a process whose event loop
 * is blocked could no more be ended by SIGTERM. So a copy of our own is loaded, and its listeners are
 * taken away again; a program that uses these packages itself gets copies that work as ever.
 */
export function loadLockfile(): Promise<Lockfile> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Lockfile> {
  try {
    return ownCopy();
  } catch {
    // In a bundle it cannot be found by its name, and is loaded as the bundler sees fit.
    const module = (await import("proper-lockfile")) as { default?: Lockfile } & Lockfile;
    return module.default ?? module;
  }
}

function ownCopy(): Lockfile {
  // Not imported above, since it takes a millisecond to load.
  const { createRequire } = process.getBuiltinModule("node:module");
  const require = createRequire(import.meta.url);
  const path = require.resolve("proper-lockfile");
  const ofProgram = new Set(Object.keys(require.cache));
  const lockfile: Lockfile = require(path);
  const requireThere = createRequire(path);
  if (ofProgram.has(requireThere.resolve("signal-exit"))) return lockfile;
  (requireThere("signal-exit") as { unload(): void }).unload();
  // Node ignores this one, which a file size limit sends; with its listener taken away it would kill.
  if (process.listenerCount("SIGXFSZ") === 0) process.on("SIGXFSZ", () => {});
  for (const loaded of Object.keys(require.cache)) {
    if (!ofProgram.has(loaded)) delete require.cache[loaded];
  }
  return lockfile;
}
